/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#pragma once

#include "document/tn-document.h"

G_BEGIN_DECLS

/* schema, x, y: a new layer, wired to the first output of each of nodes; created. */
extern const TnEdit tn_canvas_edit_append;

G_END_DECLS
