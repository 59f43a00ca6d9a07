/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#pragma once

#include "document/tn-document.h"

G_BEGIN_DECLS

/* nodes of base; x, y: copies of them, so far off; part of one gesture by merge */
extern const TnEdit tn_canvas_edit_copy;
/* The same; the copies keep what feeds them. */
extern const TnEdit tn_canvas_edit_copy_wired;

G_END_DECLS
