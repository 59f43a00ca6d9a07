/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making room on the canvas for a layer that was put into a wire. */
#pragma once

#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* @graph with @id far enough below what feeds it, and what it feeds (with all that follows from
 * there) moved down where it stood in the way. A new reference, of @graph itself when nothing
 * did. */
TnGraph *tn_spacing_make_room (const TnGraph *graph, TnNodeId id);

G_END_DECLS
