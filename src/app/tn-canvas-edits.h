/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#pragma once

#include "document/tn-document.h"

G_BEGIN_DECLS

/* ref → node, call, slot, instead of into nodes[0], where the same tensor went so far. */
extern const TnEdit tn_canvas_edit_rewire;
/* schema, x, y: a new layer, wired to the first output of each of nodes; created. */
extern const TnEdit tn_canvas_edit_append;
/* nodes: all their wires are taken away. */
extern const TnEdit tn_canvas_edit_detach;

G_END_DECLS
