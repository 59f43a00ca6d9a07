/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTrial: whether a wire may be drawn to a port, and whether it would fit there. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

typedef enum
{
  TN_FIT_GOOD,       /* or nothing is known that speaks against it */
  TN_FIT_WARNING,    /* runs, but is likely not meant */
  TN_FIT_WRONG,      /* can be drawn; the layer then refuses what arrives */
  TN_FIT_IMPOSSIBLE, /* cannot even be drawn: a cycle, or no input is there */
} TnFit;

/* "good", "warning", "wrong", "impossible". */
const char *tn_fit_name (TnFit fit);

/* Remembers what it was asked. One owner, one thread. */
typedef struct _TnTrial TnTrial;

/* @facts: may be NULL, or about an earlier graph: then as much is told as they know. */
TnTrial *tn_trial_new (const TnGraph *graph, const TnFacts *facts);
void tn_trial_free (TnTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTrial, tn_trial_free)

/* What @graph says of the wire from @from into that input, instead of what is wired there; @slot as
 * in tn_draft_connect(). Runs the rule of that one layer: what would follow farther down is not
 * looked at. @reason (may be NULL): why it is not good, a new string, else NULL. */
TnFit tn_trial_fit (TnTrial *trial, TnRef from, TnNodeId to, guint call, guint slot, char **reason);
/* The same, FALSE when it was not asked before: so that one may ask when there is time. */
gboolean tn_trial_known (TnTrial *trial, TnRef from, TnNodeId to, guint call, guint slot,
                         TnFit *fit);

G_END_DECLS
