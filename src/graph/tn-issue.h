/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issues: what is wrong with a model and where; and reports, which collect them. */
#pragma once

#include "graph/tn-schema.h"

G_BEGIN_DECLS

/* Ids start at 1, are never used again within a document, and grow in order of creation. */
typedef guint32 TnNodeId;
#define TN_NODE_NONE ((TnNodeId)0)

/* A tensor: output @output of call @call of node @node. Node 0: not wired. */
typedef struct
{
  TnNodeId node;
  guint16 call;
  guint16 output;
} TnRef;

static inline gboolean
tn_ref_equal (TnRef a, TnRef b)
{
  return a.node == b.node && a.call == b.call && a.output == b.output;
}

typedef enum
{
  TN_SEVERITY_ERROR,    /* cannot run: red */
  TN_SEVERITY_CONTRACT, /* labels, weights or data disagree with the graph, or it builds but cannot
                         * be run: red outline */
  TN_SEVERITY_WARNING,  /* runs, likely not meant: amber */
} TnSeverity;

/* "error", "contract", "warning": for files and scripts, not translated. */
const char *tn_severity_name (TnSeverity severity);

#define TN_AXIS_NONE G_MININT

/**
 * TnProvenance:
 *
 * One link of the chain that made a number: at @node, axis @axis of its output (TN_AXIS_NONE: the
 * parameter @param itself) is @value, because of @text ("4096 = 8 × 8 × 64").
 */
typedef struct
{
  TnNodeId node;
  int axis;
  gint64 value;
  const char *param; /* static, NULL when no parameter took part */
  char *text;        /* owned */
} TnProvenance;

/**
 * TnIssue:
 * @code: a stable word, static: "dense-width"; all of them in tn_issue_codes()
 * @node: where; TN_NODE_NONE for the model as a whole
 * @call, @slot: which input; slot -1 when none in particular
 * @param: the parameter at fault (static) or NULL
 * @axis: the offending axis of the received shape, negative from the end, or TN_AXIS_NONE
 * @stops_run: of a contract: Keras builds the model, but no run of it ends well
 * @expected, @received: rank -1 where there is no such shape
 * @message: one or two translated sentences: what was expected and why, what arrived, from where
 * @provenance: of #TnProvenance, from the offending layer's input up to where the number was born
 */
typedef struct
{
  TnSeverity severity;
  const char *code;
  TnNodeId node;
  int call;
  int slot;
  const char *param;
  int axis;
  gboolean stops_run;
  TnShape expected;
  TnShape received;
  char *message;
  GArray *provenance;
} TnIssue;

/* Documentation of every code, for `tenon help issues`; ends with code NULL. */
typedef struct
{
  const char *code;
  const char *help; /* N_() */
} TnIssueCode;
const TnIssueCode *tn_issue_codes (void);

TnIssue *tn_issue_copy (const TnIssue *issue);
void tn_issue_free (TnIssue *issue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnIssue, tn_issue_free)
void tn_issue_add_provenance (TnIssue *issue, TnProvenance link); /* takes over link.text */

/* A growing list of issues with one owner. Everywhere a report is asked for, NULL may be given. */
typedef struct _TnReport TnReport;

TnReport *tn_report_new (void);
void tn_report_free (TnReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnReport, tn_report_free)

/* @code must be of tn_issue_codes(); the rest of the issue is set by the caller through what is
 * returned (borrowed, valid until the next add; NULL when @report is NULL). */
TnIssue *tn_report_add (TnReport *report, TnSeverity severity, const char *code, TnNodeId node,
                        const char *format, ...) G_GNUC_PRINTF (5, 6);
guint tn_report_size (const TnReport *report);
const TnIssue *tn_report_issue (const TnReport *report, guint index);
/* The first message, or NULL. */
const char *tn_report_first (const TnReport *report);

G_END_DECLS
