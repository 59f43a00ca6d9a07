/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How candidates for a repair are made and tried, for the files of this room only. */
#pragma once

#include "graph/tn-draft.h"
#include "infer/tn-advice.h"

G_BEGIN_DECLS

/* A fix with what decides how far up it stands. */
typedef struct
{
  TnFix fix;      /* first: an array of these is one of TnFix */
  guint n_hidden; /* faults that come to light behind the one that goes */
  guint n_left;   /* faults in the whole model afterwards */
  guint n_edits;
  guint n_warnings; /* that are new */
  guint weight;     /* how much the number of parameters changes, coarsely */
  guint order;      /* in which it was proposed: the usual first */
} TnCandidate;

/* Trying repairs for one issue. */
typedef struct
{
  /* borrowed */
  const TnFacts *facts;
  const TnIssue *issue;
  GCancellable *cancellable;
  gint64 *budget; /* layers that may still be looked at, for all issues together */

  /* owned by the advice */
  GPtrArray *fixes; /* of TnCandidate, those kept so far */

  /* what the issue is about, looked up once */
  const TnGraph *graph;
  const TnNode *node;
  guint call;
  guint slot;
  TnRef source;    /* what is wired to the offending input */
  TnShape arrives; /* its shape */
  GArray
      *upstream; /* of TnNodeId: what the node depends on, the nearest first, not all of too many */
  guint n_tried;
} TnAdvisor;

/* What is not the batch: where its spatial axes start and where the channels are. */
typedef struct
{
  gboolean channels_first;
  int rank;
  int n; /* spatial axes */
  int spatial;
  int channel;
} TnImage;

/* ---- tn-advice.c: judging ---- */

/* An empty candidate: a draft of the model as it is. */
TnDraft *tn_advisor_draft (const TnAdvisor *advisor);
/* Infers the candidate and keeps it if it clears the issue without raising another. Takes over
 * @draft and @label; @touched are the layers it adds or changes. TRUE when it was kept. */
gboolean tn_advisor_try (TnAdvisor *advisor, TnDraft *draft, char *label, const TnNodeId *touched,
                         guint n_touched);
/* Enough were kept or tried, or somebody wants the thread back. */
gboolean tn_advisor_is_done (const TnAdvisor *advisor);
/* The model of @draft, inferred for a look at it; NULL when there is no more time for such. */
TnFacts *tn_advisor_look (TnAdvisor *advisor, TnDraft *draft);
/* Would it be kept, without any fault coming to light? */
gboolean tn_advisor_mends (const TnAdvisor *advisor, const TnFacts *after);
/* Is there one among those kept, from @from on, after which the model has no fault? */
gboolean tn_advisor_has_whole (const TnAdvisor *advisor, guint from);

/* A fix from the model of @before to that of @after, without an id; its detail tells what it costs.
 * Takes over @label. */
TnFix *tn_fix_new (const TnFacts *before, const TnFacts *after, char *label,
                   const TnNodeId *touched, guint n_touched);
/* No issue came that was not there before (where something could be said before at all). */
gboolean tn_facts_is_no_worse (const TnFacts *before, const TnFacts *after);

/* ---- tn-advice-words.c ---- */

/* "409,856 parameters more". New string. */
char *tn_fix_cost (gint64 params_delta);

/* "dense_2 then gets (None, 1600); 409,856 parameters more; drops 1 of 27 rows". New string. */
char *tn_advisor_describe (const TnAdvisor *advisor, const TnFacts *after, const TnFix *fix);

/* ---- tn-advice-edits.c: candidates of many kinds ---- */

/* @settings: name, text, …, NULL-terminated. A new layer of class @type on the wire into (@to,
 * @call, @slot). Takes over @label. */
gboolean tn_advisor_try_insert (TnAdvisor *advisor, const char *type, TnNodeId to, guint call,
                                guint slot, char *label, const char *const *settings);
/* The same for the member of a family that fits the rank of what is on the wire: "MaxPooling" makes
 * MaxPooling2D, told where the channels are. @label has one %s for the class, which @what follows.
 */
gboolean tn_advisor_try_insert_sized (TnAdvisor *advisor, const char *stem, TnNodeId to, guint call,
                                      guint slot, gboolean after, const char *what,
                                      const char *const *settings);
/* One parameter of one layer set to what @text says. */
gboolean tn_advisor_try_set (TnAdvisor *advisor, TnNodeId node, const char *param,
                             const char *text);
/* Several layers (of TnNodeId) at once, two of which it has to change. Takes over @label. */
gboolean tn_advisor_try_set_all (TnAdvisor *advisor, const GArray *nodes, const char *param,
                                 const char *text, char *label);
/* All layers of the same class as @node for which @param is the same: they were written alike. */
gboolean tn_advisor_try_set_alike (TnAdvisor *advisor, TnNodeId node, const char *param,
                                   const char *text);
/* The layer is put out of the way, what feeds it wired to what it fed. */
gboolean tn_advisor_try_remove (TnAdvisor *advisor, TnNodeId node);
/* The same, and what comes to be in the way behind it. */
gboolean tn_advisor_try_remove_on (TnAdvisor *advisor, TnNodeId node);
/* The layer exchanged for one of class @type with the same wires. */
gboolean tn_advisor_try_replace (TnAdvisor *advisor, TnNodeId node, const char *type, char *label,
                                 const char *const *settings);

/* ---- tn-candidates-common.c: what several kinds of fault share ---- */

char *tn_int_text (gint64 integer);
/* Classes that there are for sequences, images and volumes: "MaxPooling" and 4 axes give
 * MaxPooling2D; NULL where such a shape has no class. Free with g_free(). */
char *tn_class_for_rank (const char *stem, int rank);
/* @near and what it depends on say where the channels are; the last axis, when none does. */
TnImage tn_advisor_image (const TnAdvisor *advisor, TnNodeId near, int rank);
gboolean tn_advisor_is_type (const TnAdvisor *advisor, TnNodeId node, const char *type);
/* Layers upstream (of TnNodeId, owned by the caller) that have such a parameter. */
GArray *tn_advisor_upstream_with (const TnAdvisor *advisor, const char *param);

/* On the wire with the issue. */
gboolean tn_advisor_insert_here (TnAdvisor *advisor, const char *type, const char *what,
                                 const char *const *settings);
void tn_advisor_insert_dense (TnAdvisor *advisor, gint64 units);
void tn_advisor_insert_reshape (TnAdvisor *advisor, const gint64 *sizes, int n);
/* A convolution of kernel size 1 on the wire into @slot: other channels, and with @strides other
 * than 1 other sizes. */
void tn_advisor_insert_pointwise (TnAdvisor *advisor, guint slot, gint64 filters, gint64 strides);
/* Poolings on the wire into @slot of @to, @most of them; those that leave no row out first. */
void tn_advisor_insert_poolings (TnAdvisor *advisor, TnNodeId to, guint slot, guint most);
/* The Flatten gives way to one number a channel. */
void tn_advisor_replace_flatten (TnAdvisor *advisor, TnNodeId flatten);
/* The nearest layer upstream that has return_sequences: set to @on; and all that others follow. */
void tn_advisor_return_sequences (TnAdvisor *advisor, gboolean on);
/* The whole parameters that made the number, each scaled so that @wanted comes out. */
void tn_advisor_scale_causes (TnAdvisor *advisor, gint64 wanted, gint64 received);
/* Every layer's channels moved to the other side. */
void tn_advisor_turn_formats (TnAdvisor *advisor);

/* ---- tn-candidates-inputs.c: other shapes of the inputs ---- */

/* Sizes of an input for which axis @axis of what arrives becomes @wanted. */
void tn_candidates_input_for (TnAdvisor *advisor, int axis, gint64 wanted);
/* The nearest sizes that can be halved once, twice, … */
void tn_candidates_input_multiples (TnAdvisor *advisor);
/* The smallest larger ones. */
void tn_candidates_input_larger (TnAdvisor *advisor);
/* Channels that stand first put last, and the other way round. */
void tn_candidates_input_order (TnAdvisor *advisor);
/* What is open made known. */
void tn_candidates_input_known (TnAdvisor *advisor);
/* Input and labels of a model that gives back what it gets: a size that comes back. */
void tn_candidates_input_and_target (TnAdvisor *advisor);

/* ---- by kind of issue ---- */

void tn_candidates_attention (TnAdvisor *advisor);
void tn_candidates_too_many (TnAdvisor *advisor);
void tn_candidates_call_form (TnAdvisor *advisor);
void tn_candidates_rank (TnAdvisor *advisor);
void tn_candidates_dense_rank (TnAdvisor *advisor);
void tn_candidates_unknown_dim (TnAdvisor *advisor);
void tn_candidates_width (TnAdvisor *advisor);
void tn_candidates_reshape (TnAdvisor *advisor);
void tn_candidates_merge (TnAdvisor *advisor);
void tn_candidates_concat (TnAdvisor *advisor);
void tn_candidates_window (TnAdvisor *advisor);
void tn_candidates_crop (TnAdvisor *advisor);
void tn_candidates_target (TnAdvisor *advisor);
/* For all that the table in tn-warnings.c raises. */
void tn_candidates_warning (TnAdvisor *advisor);
/* Branch @slot, which brings @has, made as large as @wants along its spatial axes. */
void tn_candidates_fit (TnAdvisor *advisor, guint slot, const TnShape *has, const TnShape *wants);

/* All of them for the issue, the most usual first. Whether one mends anything is not judged here:
 * each is tried. */
void tn_candidates (TnAdvisor *advisor);

G_END_DECLS
