/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looks at the canvas from outside may do with its view: find layers, show where it is. */
#pragma once

#include "app/tn-canvas.h"
#include "app/tn-viewport.h"

G_BEGIN_DECLS

/* Layers (of TnNodeId) that are marked; NULL: none. */
void tn_canvas_set_found (TnCanvas *self, const GArray *nodes);
/* One of them is brought into view and marked more than the others. */
void tn_canvas_go_to_found (TnCanvas *self, TnNodeId node);
/* What is seen, and seeing the same again. */
TnViewport tn_canvas_view (TnCanvas *self);
void tn_canvas_set_view (TnCanvas *self, const TnViewport *view);
/* How wires run. */
void tn_canvas_set_wires (TnCanvas *self, TnWires wires);
TnWires tn_canvas_wires (TnCanvas *self);
/* A point of the document in the middle of the canvas. */
void tn_canvas_centre (TnCanvas *self, double x, double y);

G_END_DECLS
