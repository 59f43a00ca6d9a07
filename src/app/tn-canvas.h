/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCanvas: the drawing area; shows a document, and lets pointer and keyboard edit it. */
#pragma once

#include <gtk/gtk.h>

#include "document/tn-offer.h"
#include "engine/tn-engine.h"
#include "scene/tn-scene.h"

G_BEGIN_DECLS

#define TN_TYPE_CANVAS (tn_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TnCanvas, tn_canvas, TN, CANVAS, GtkWidget)

/**
 * TnAddRequest:
 * @x, @y: where, in document units
 * @from: what the new layer is to be fed with; node TN_NODE_NONE: what is selected, if that fits
 * @to, @call, @slot: the input that it is to feed; @to TN_NODE_NONE: none. With both it goes into
 *     the wire between them
 * @text: what was typed so far, or NULL
 * @behind: the place is none that somebody has chosen: rather behind what feeds it
 *
 * Somebody wants to choose a layer for a place.
 */
typedef struct
{
  double x, y;
  TnRef from;
  TnNodeId to;
  guint call;
  guint slot;
  const char *text;
  gboolean behind;
} TnAddRequest;

/**
 * TnCanvas:
 *
 * Follows the light or dark preference by itself. Signals: "activate-node" (guint id: Enter or
 * double click: edit its parameters), "problem-activated" (guint id: its sign was clicked),
 * "add-requested" (const TnAddRequest *: double click on empty space, Shift+A, a letter that is
 * typed, a wire that is dropped on empty space, the context menu),
 * "refused" (const char *reason), "scene-changed", "view-changed" (what is shown, what of it is
 * seen), "trace-changed" (another number is traced, or none). Property "zoom" (double, notify).
 * Class actions, also for menus: canvas.delete, canvas.cut, canvas.copy, canvas.paste,
 * canvas.duplicate, canvas.select-all, canvas.zoom-in, canvas.zoom-out, canvas.zoom-original,
 * canvas.zoom-fit, canvas.arrange.
 */
GtkWidget *tn_canvas_new (void);
/* @document and @engine of one another; NULL for none. */
void tn_canvas_set_document (TnCanvas *self, TnDocument *document, TnEngine *engine);
double tn_canvas_zoom (TnCanvas *self);
void tn_canvas_zoom_at (TnCanvas *self, double factor, double x, double y); /* widget coordinates */
void tn_canvas_zoom_fit (TnCanvas *self);
/* Shows where axis @axis of a tensor comes from; a negative axis ends that. */
void tn_canvas_trace (TnCanvas *self, TnRef ref, int axis);
/* The number that is shown; FALSE when there is none. */
gboolean tn_canvas_traced (TnCanvas *self, TnRef *ref, int *axis);
/* Scrolls as little as needed for the node to be well in view. */
void tn_canvas_reveal (TnCanvas *self, TnNodeId node);

/* Placing what is dragged from the palette; x, y in widget coordinates of the canvas. The ghost
 * follows, a wire under it shows that it would be spliced in. */
void tn_canvas_place_motion (TnCanvas *self, TnOffer offer, double x, double y);
/* TRUE when it was placed (the point lies within the canvas). */
gboolean tn_canvas_place_drop (TnCanvas *self, TnOffer offer, double x, double y);
void tn_canvas_place_cancel (TnCanvas *self);
/* Enter or double click in the palette: after the selected layer and wired to it where that is
 * possible, else at the centre of what is seen. FALSE: refused, as was said. */
gboolean tn_canvas_add (TnCanvas *self, TnOffer offer);
/* What was chosen for a place. */
gboolean tn_canvas_add_at (TnCanvas *self, TnOffer offer, const TnAddRequest *request);
/* The place as those see it who tell what would come of a layer there: with the selected layer
 * where the request names none. Facts that are not known yet are found at once: they are what
 * @facts gets, a new reference, which the spot borrows. */
TnSpot tn_canvas_spot (TnCanvas *self, const TnAddRequest *request, TnFacts **facts);

/* For tests: where a point of the document is in widget coordinates, and the scene shown. */
void tn_canvas_to_widget (TnCanvas *self, double x, double y, double *widget_x, double *widget_y);
TnScene *tn_canvas_scene (TnCanvas *self);

/* The tensor that the selected wire carries; FALSE: none is selected ("wire-selected" tells when
 * another one is). */
gboolean tn_canvas_selected_wire (TnCanvas *self, TnRef *ref);
/* The context menu of a layer, at a point of the canvas or beside it in the same window. */
void tn_canvas_show_layer_menu (TnCanvas *self, TnNodeId node, double x, double y);

/* Shows as ghosts what would be different were the model @graph; NULL: nothing any more. */
void tn_canvas_set_preview (TnCanvas *self, const TnGraph *graph);
gboolean tn_canvas_has_preview (TnCanvas *self);
/* Colours the boxes by what each layer costs. */
void tn_canvas_set_heat (TnCanvas *self, TnHeat heat);
TnHeat tn_canvas_heat (TnCanvas *self);
/* How long the layers took in the last run, of #TnHeatTime; NULL: there was none. */
void tn_canvas_set_times (TnCanvas *self, GArray *times);
const GArray *tn_canvas_times (TnCanvas *self);

G_END_DECLS
