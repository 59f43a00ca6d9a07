/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tenon itself notes at a layer, under "tenon" in its outer dict, where Keras looks past it;
 * among it the warnings that somebody does not want to hear there. */
#pragma once

#include "graph/tn-call.h"
#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* The entry @key of the "tenon" dict of @node, borrowed; NULL when there is none. What is found
 * there came from a file: of any kind. */
const TnValue *tn_node_note (const TnNode *node, const char *key);
/* Sets it, or with NULL takes it out, and leaves the others as they are. */
void tn_draft_set_note (TnDraft *draft, TnNodeId id, const char *key, const TnValue *value);

/* Is a warning of this code not to be told at @node? */
gboolean tn_node_is_silenced (const TnNode *node, const char *code);
void tn_draft_silence (TnDraft *draft, TnNodeId id, const char *code, gboolean silenced);

G_END_DECLS
