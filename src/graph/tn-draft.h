/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnDraft: the builder in which the next graph is made out of the last one. */
#pragma once

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/* Mutable, one owner, one thread. Each call that can be refused returns FALSE (or TN_NODE_NONE),
 * leaves the draft as it was, and says why in @report (which may be NULL). */
typedef struct _TnDraft TnDraft;

/* A draft that so far equals @base (NULL: the empty graph). */
TnDraft *tn_draft_new (const TnGraph *base);
void tn_draft_free (TnDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnDraft, tn_draft_free)

/* The graph as it now stands; the draft goes on. Nodes that were not touched are shared with the
 * base. */
TnGraph *tn_draft_finish (TnDraft *draft);

/* Reading what is being built. Borrowed until the next change of that node. */
guint tn_draft_size (const TnDraft *draft);
const TnNode *tn_draft_node (const TnDraft *draft, guint index);
const TnNode *tn_draft_find (const TnDraft *draft, TnNodeId id);
const TnNode *tn_draft_find_name (const TnDraft *draft, const char *name);
TnDenseInputs tn_draft_dense_inputs (const TnDraft *draft);

/* @name NULL: Keras's automatic one. Required parameters with a suggestion get it when @suggest. */
TnNodeId tn_draft_add (TnDraft *draft, const TnSchema *schema, const char *name, gboolean suggest,
                       TnReport *report);
/* Wires that used it become empty slots (merging layers lose the slot). */
void tn_draft_remove (TnDraft *draft, TnNodeId id);
/* A copy of the node without wires, with an automatic name; for duplicate and paste. */
TnNodeId tn_draft_copy (TnDraft *draft, const TnNode *node);

/* Refused: empty, has a '/', or taken. */
gboolean tn_draft_rename (TnDraft *draft, TnNodeId id, const char *name, TnReport *report);
void tn_draft_move (TnDraft *draft, TnNodeId id, double x, double y);
void tn_draft_set_trainable (TnDraft *draft, TnNodeId id, gboolean trainable);
/* @value NULL or the default: back to the default. @check: refuse what tn_param_check() refuses
 * (readers of files keep it, so that it can be shown and repaired). */
gboolean tn_draft_set (TnDraft *draft, TnNodeId id, guint param, const TnValue *value,
                       gboolean check, TnReport *report);
/* By name and typed text: for repairs, examples and tests. Always checks. */
gboolean tn_draft_set_text (TnDraft *draft, TnNodeId id, const char *param, const char *text,
                            TnReport *report);
/* NULL: not pinned. */
void tn_draft_pin (TnDraft *draft, TnNodeId id, const TnShape *pin);
void tn_draft_set_extras (TnDraft *draft, TnNodeId id, const TnValue *extras);

/* Of a layer that tells its tensors apart no slot is numbered higher. */
#define TN_MAX_SLOTS 64

/* Wires the tensor @from into slot @slot of call @call of @to. Slot G_MAXUINT or the number of
 * slots there are: the next free one (a merging layer grows one; one that tells its tensors apart
 * takes it into the very slot). Refused, with the reason: a cycle
 * (code "cycle"), @to takes no input, all its slots are taken and @slot names none, @from has no
 * such output. */
gboolean tn_draft_connect (TnDraft *draft, TnRef from, TnNodeId to, guint call, guint slot,
                           TnReport *report);
void tn_draft_disconnect (TnDraft *draft, TnNodeId to, guint call, guint slot);
/* Adds a call (a shared layer); returns its number. */
guint tn_draft_add_call (TnDraft *draft, TnNodeId id);
/* Puts @id, whose first slot is free or wired to nothing it needs, between that wire's two ends.
 * All slots that a layer which tells its inputs apart needs are wired: self-attention. */
gboolean tn_draft_splice (TnDraft *draft, TnNodeId id, TnNodeId to, guint call, guint slot,
                          TnReport *report);
/* A new layer put between that wire's two ends, half way. */
TnNodeId tn_draft_insert (TnDraft *draft, const TnSchema *schema, TnNodeId to, guint call,
                          guint slot, TnReport *report);

/* Makes the group @name, or changes it; its members are added under names such as "NAME/conv2d".
 * @outputs: what one call of it puts out, calls counted within one call of the group. Refused: the
 * name is a layer's, or of a group in one that there is not. A group whose last member is gone is
 * gone. */
gboolean tn_draft_set_group (TnDraft *draft, const char *name, const char *type,
                             const TnRef *outputs, guint n_outputs, const TnValue *extras,
                             TnReport *report);
const TnGroup *tn_draft_find_group (const TnDraft *draft, const char *name);
void tn_draft_open_group (TnDraft *draft, const char *name, gboolean open);
/* The group alone: what becomes of its members is up to the caller. */
void tn_draft_remove_group (TnDraft *draft, const char *name);

/* A name that neither a layer nor a group has: "@group/@own", or with "_1", "_2", … after it.
 * @group NULL or "": in none. New string. */
char *tn_draft_free_name (const TnDraft *draft, const char *group, const char *own);
/* Puts a layer into @group (NULL or "": into none), under its own name or one like it. */
void tn_draft_put_into (TnDraft *draft, TnNodeId id, const char *group);
/* Gives a group and all that is within another whole name, which must be free and whose outer group
 * must exist: renaming, and moving it into another group or out of one. */
void tn_draft_move_group (TnDraft *draft, const char *name, const char *to);

void tn_draft_set_name (TnDraft *draft, const char *name);
void tn_draft_set_dense_inputs (TnDraft *draft, TnDenseInputs rule);
void tn_draft_set_direction (TnDraft *draft, TnDirection direction);
void tn_draft_set_seed (TnDraft *draft, guint64 seed);
void tn_draft_set_graph_extras (TnDraft *draft, const TnValue *extras);
/* NULL: not declared, so every tensor that nobody uses. */
void tn_draft_set_outputs (TnDraft *draft, const TnRef *outputs, guint n_outputs);

G_END_DECLS
