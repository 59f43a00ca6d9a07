/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a draft, for the files of this room only. */
#pragma once

#include "graph/tn-draft.h"
#include "graph/tn-graph-private.h"

G_BEGIN_DECLS

struct _TnDraft
{
  /* owned */
  GPtrArray *nodes; /* of TnNode, by id */
  GArray *fresh; /* of gboolean, beside nodes: made here since the last finish, so may be changed */
  TnModel model;
  TnGraph *base;     /* that it began with, or NULL */
  GHashTable *names; /* name → id; NULL until somebody asks */
  GHashTable *users; /* id → number of wires that use it; NULL until somebody asks */
  GHashTable *taken; /* schema → a number up to which all are taken, or NULL */
};

/* Another name, which is known to be free and to be allowed. */
void tn_draft_rename_node (TnDraft *draft, TnNodeId id, const char *name);
/* A layer is taken away: it is no output of a group any more. */
void tn_draft_forget_in_groups (TnDraft *draft, TnNodeId id);
/* Groups without a member are none. */
void tn_draft_drop_empty_groups (TnDraft *draft);
/* How often the group is called, by what enters it; 0 when nothing does. */
guint tn_draft_group_calls (const TnDraft *draft, const char *name);

G_END_DECLS
