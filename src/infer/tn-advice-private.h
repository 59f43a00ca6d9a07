/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How candidates for a repair are made and tried, for the files of this room only. */
#pragma once

#include "graph/tn-draft.h"
#include "infer/tn-advice.h"

G_BEGIN_DECLS

/* Trying repairs for one issue. */
typedef struct
{
  /* borrowed */
  const TnFacts *facts;
  const TnIssue *issue;
  GCancellable *cancellable;

  /* owned by the advice */
  GPtrArray *fixes; /* of TnFix, those kept so far */

  /* what the issue is about, looked up once */
  const TnGraph *graph;
  const TnNode *node;
  guint call;
  guint slot;
  TnRef source;    /* what is wired to the offending input */
  TnShape arrives; /* its shape */
} TnAdvisor;

/* An empty candidate: a draft of the model as it is. */
TnDraft *tn_advisor_draft (const TnAdvisor *advisor);
/* Infers the candidate and keeps it if it clears the issue without raising another. Takes over
 * @draft and @label; @touched are the layers it adds or changes. TRUE when it was kept. */
gboolean tn_advisor_try (TnAdvisor *advisor, TnDraft *draft, char *label, const TnNodeId *touched,
                         guint n_touched);
/* Enough were kept, or somebody wants the thread back. */
gboolean tn_advisor_is_done (const TnAdvisor *advisor);

/* Candidates of many kinds. @settings: "pool_size=2"-like pairs, NULL-terminated: name, text, … */
/* A new layer of class @type on the wire into (@to, @call, @slot). @label has one %s for it. */
gboolean tn_advisor_try_insert (TnAdvisor *advisor, const char *type, TnNodeId to, guint call,
                                guint slot, char *label, const char *const *settings);
/* One parameter of one layer set to what @text says. */
gboolean tn_advisor_try_set (TnAdvisor *advisor, TnNodeId node, const char *param,
                             const char *text);
/* Every layer upstream that has such a parameter: set to @text where it is not so already. */
gboolean tn_advisor_try_set_upstream (TnAdvisor *advisor, const char *param, const char *text,
                                      char *label);
/* The layer is put out of the way, what feeds it wired to what it fed. */
gboolean tn_advisor_try_remove (TnAdvisor *advisor, TnNodeId node);
/* The layer exchanged for one of class @type with the same wires. */
gboolean tn_advisor_try_replace (TnAdvisor *advisor, TnNodeId node, const char *type, char *label,
                                 const char *const *settings);

/* The candidates for each code; in tn-candidates.c. */
void tn_candidates (TnAdvisor *advisor);

/* For merges, in tn-candidates-branches.c. The offending branch made as large as the first one
 * along its spatial axes, and the other way round. */
void tn_candidates_fit_branches (TnAdvisor *advisor);
/* The offending branch with its axes in the order of the first one's. */
void tn_candidates_permute (TnAdvisor *advisor);

/* A fix from the model of @before to that of @after, without an id; its detail tells what it costs.
 * Takes over @label. */
TnFix *tn_fix_new (const TnFacts *before, const TnFacts *after, char *label,
                   const TnNodeId *touched, guint n_touched);
/* No issue came that was not there before (where something could be said before at all). */
gboolean tn_facts_is_no_worse (const TnFacts *before, const TnFacts *after);

/* Classes that there are for sequences, images and volumes: "MaxPooling" and 4 axes give
 * MaxPooling2D; NULL where such a shape has no class. Free with g_free(). */
char *tn_class_for_rank (const char *stem, int rank);

G_END_DECLS
