/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the canvas's own files share: its fields, and what tools may ask of it. */
#pragma once

#include "app/tn-canvas.h"
#include "app/tn-tile-cache.h"
#include "app/tn-tool.h"
#include "app/tn-viewport.h"

G_BEGIN_DECLS

/* Positions of layers that are moved snap to this. */
#define TN_CANVAS_GRID 8

typedef struct _TnCanvasRename TnCanvasRename;
typedef struct _TnCanvasCard TnCanvasCard;

struct _TnCanvas
{
  GtkWidget parent_instance;

  /* owned */
  TnDocument *document;
  TnEngine *engine;
  TnScene *scene; /* as shown; may lag behind until tn_canvas_sync() */
  TnFacts *facts; /* those of the scene */
  TnTileCache *tiles;
  GHashTable *proxies; /* TnNodeId → TnCanvasProxy, which are children of the canvas */
  GtkWidget *menu;
  gpointer tool_state;
  TnCanvasRename *rename; /* while a name is edited in place */
  TnCanvasCard *card;     /* what tells of the thing under the pointer */
  GArray *trace_links;    /* of TnProvenance; NULL: no number is traced */
  GArray *trace_layers;   /* of TnNodeId */
  GArray *heat_times;     /* of TnHeatTime, of the last run; or NULL */
  GArray *found;          /* of TnNodeId: layers that were searched for; NULL: none */
  gpointer arrange;       /* what moves to its new place; NULL: nothing */
  char *callout;          /* a card at the pointer while a gesture runs */
  TnFacts *preview;       /* of the model that a repair would make; or NULL */

  /* borrowed */
  const TnStyle *style;
  const TnTool *tool; /* of the gesture under way, or NULL */

  /* state */
  TnViewport viewport;
  TnTheme theme;
  TnHeat heat; /* what the boxes are coloured by */
  TnWires wires;
  TnNodeId found_current;  /* the one of found that people are at, or TN_NODE_NONE */
  TnPointer pointer;       /* where it was last seen */
  double asked_x, asked_y; /* where the pointer was when a layer was last asked for; widget units */
  TnHit hover;
  TnHit wire;      /* the selected wire: kind TN_HIT_WIRE or TN_HIT_NOTHING */
  TnNodeId cursor; /* the node that the keyboard is at, or TN_NODE_NONE */
  TnRef traced;    /* the number whose origin is shown */
  int traced_axis;
  TnColor callout_color;    /* of its border */
  guint64 nudge_merge;      /* of the arrow keys' moves, while nothing else is done in between */
  guint64 nudge_generation; /* of the document after the last of them */
  double text_scale;        /* how much the desktop asks for; what is 100 % grows by it */
  double pinch_scale;       /* so far in this pinch */
  double pinch_x, pinch_y;  /* its middle, widget units */
  guint autoscroll;         /* nonzero while a gesture at the edge pans */
  guint stale_timeout;
  guint zoom_timeout; /* nonzero while a zoom is under way */
  guint tick;         /* nonzero while there is something to do in the next frame */
  gboolean pointer_inside;
  gboolean space_held;
  gboolean scene_outdated;
  gboolean proxies_outdated;
  gboolean tiles_incomplete;
  gboolean show_stale; /* facts have lagged long enough to be dimmed */
  gboolean fit_pending;
  double least_zoom;  /* of a fit: a model that was opened must be readable */
  gboolean fitted;    /* and nothing was panned, zoomed or edited since */
  gboolean activated; /* this press was a double click's second: no gesture */
};

/* ---- tn-canvas-sync.c ---- */

/* Makes the scene that of the document as it is now. Everything that looks at it calls this. */
void tn_canvas_sync (TnCanvas *self);
/* The scene is to be made anew before the next frame. */
void tn_canvas_outdate (TnCanvas *self);
/* Something is to be done before the next frame. */
void tn_canvas_ensure_tick (TnCanvas *self);

/* ---- tn-canvas.c ---- */

/* Only what lies above the tiles looks different. */
void tn_canvas_queue_overlay (TnCanvas *self);
/* The view was panned or zoomed. */
void tn_canvas_view_changed (TnCanvas *self);
/* NULL when there is no document. */
const TnGraph *tn_canvas_graph (TnCanvas *self);
/* Does @edit; when it is refused, says so by "refused". */
gboolean tn_canvas_apply (TnCanvas *self, const TnEdit *edit, const TnEditArgs *args);
void tn_canvas_refuse (TnCanvas *self, const char *reason);
/* A wire, or with NULL none, is what Delete is about. Clears the selection of layers. */
void tn_canvas_select_wire (TnCanvas *self, const TnHit *wire);
/* Selects @node alone, brings it into view and makes the keyboard start from there. */
void tn_canvas_go_to (TnCanvas *self, TnNodeId node);
/* A card of text at the pointer, NULL: none. */
void tn_canvas_set_callout (TnCanvas *self, const char *text, TnColor color);
/* The middle of what is seen, in document units. */
void tn_canvas_middle (TnCanvas *self, double *x, double *y);
/* Document units for so many widget units. */
double tn_canvas_units (TnCanvas *self, double widget_units);
/* What is at a point, in document units, with hit targets of at least 14 widget units. */
TnHit tn_canvas_hit (TnCanvas *self, double x, double y);

/* As large as fits, but at most @most_zoom. */
void tn_canvas_show_rect (TnCanvas *self, TnRect rect, double margin, double most_zoom);

/* ---- tn-canvas-view.c ---- */

void tn_canvas_view_class_init (GtkWidgetClass *widget_class);
void tn_canvas_draw_found (TnCanvas *self, cairo_t *cr);

/* ---- tn-canvas-arrange.c ---- */

void tn_canvas_arrange_class_init (GtkWidgetClass *widget_class);
/* The graph as it is seen while layers move to their places. New reference. */
TnGraph *tn_canvas_arrange_graph (TnCanvas *self, const TnGraph *graph);
/* They are there at once. */
void tn_canvas_arrange_end (TnCanvas *self);

/* ---- tn-canvas-overlay.c ---- */

void tn_canvas_draw_overlay (TnCanvas *self, GtkSnapshot *snapshot);
/* Is the focus on the canvas or on one of its layers? */
gboolean tn_canvas_has_keyboard (TnCanvas *self);

/* ---- tn-canvas-input.c ---- */

void tn_canvas_input_init (TnCanvas *self);
/* Begins, moves and ends the gesture of a tool. @state: for begin, may be NULL, else zeroed memory
 * of the tool's size, which is taken over. */
void tn_canvas_tool_begin (TnCanvas *self, const TnTool *tool, gpointer state, const TnPointer *at);
void tn_canvas_tool_motion (TnCanvas *self, const TnPointer *at);
void tn_canvas_tool_end (TnCanvas *self, const TnPointer *at);
/* TRUE when there was a gesture. */
gboolean tn_canvas_tool_cancel (TnCanvas *self);
TnPointer tn_canvas_pointer (TnCanvas *self, double widget_x, double widget_y,
                             GdkModifierType state, guint button);

/* ---- tn-canvas-actions.c ---- */

void tn_canvas_actions_class_init (GtkWidgetClass *widget_class);
/* @edit with @args, of which nodes becomes all that is selected. FALSE: nothing is, or refused. */
gboolean tn_canvas_apply_to_selection (TnCanvas *self, const TnEdit *edit, const TnEditArgs *args);

/* ---- tn-canvas-choose.c ---- */

void tn_canvas_choose_class_init (GtkWidgetClass *widget_class);
/* What the context menu of selected layers offers to select more, and to put them in line. */
void tn_canvas_append_choose_items (TnCanvas *self, GMenu *section);

/* ---- tn-canvas-clipboard.c ---- */

void tn_canvas_clipboard_class_init (GtkWidgetClass *widget_class);
/* What the context menu of @hit at a point of the document offers. */
void tn_canvas_append_clipboard_items (TnCanvas *self, const TnHit *hit, double x, double y,
                                       GMenu *section);

/* ---- tn-canvas-add.c ---- */

void tn_canvas_add_class_init (GtkWidgetClass *widget_class);
void tn_canvas_add_init (TnCanvas *self);
/* Asks for a layer to be chosen for a place, by "add-requested". */
void tn_canvas_request_add (TnCanvas *self, const TnAddRequest *request);
/* Puts a block at the very place, with nothing but what the request names. */
gboolean tn_canvas_put_block (TnCanvas *self, TnOffer offer, const TnAddRequest *request);
/* What the context menu of @hit offers to add, at a place in document units. */
void tn_canvas_append_add_item (TnCanvas *self, const TnHit *hit, double x, double y,
                                GMenu *section);

/* ---- tn-canvas-menu.c ---- */

void tn_canvas_menu_class_init (GtkWidgetClass *widget_class);
/* The context menu of @hit (as under the pointer), at a place in widget units. */
void tn_canvas_show_menu (TnCanvas *self, const TnHit *hit, double widget_x, double widget_y);
/* A menu below the layer that the keyboard is at. */
void tn_canvas_popup_menu_at_cursor (TnCanvas *self, GMenuModel *model);

/* ---- tn-canvas-connect.c ---- */

void tn_canvas_connect_class_init (GtkWidgetClass *widget_class);

/* ---- tn-canvas-snap.c ---- */

/* Where a moved layer came to lie, and the neighbours in whose lines. */
typedef struct
{
  gboolean across, along; /* in one vertical line with something, in one horizontal line */
  double x, y;
  double from_x, from_y;
} TnSnap;

/* Takes the middle of a layer that moves with @moving to a line nearby, or to the grid. */
void tn_canvas_snap (TnCanvas *self, const GArray *moving, double *x, double *y, TnSnap *snap);
void tn_canvas_draw_snap (TnCanvas *self, const TnSnap *snap, cairo_t *cr);

/* ---- tn-canvas-rename.c ---- */

void tn_canvas_rename_class_init (GtkWidgetClass *widget_class);
/* Puts an entry over the name of a layer, or with @group of that. */
void tn_canvas_rename_begin (TnCanvas *self, TnNodeId node, const TnGroup *group);
/* The same when the pointer is at a layer's name. */
gboolean tn_canvas_rename_at (TnCanvas *self, const TnPointer *at);
void tn_canvas_rename_end (TnCanvas *self, gboolean keep);
/* Parts of the canvas's size_allocate and snapshot. */
void tn_canvas_rename_allocate (TnCanvas *self);
void tn_canvas_rename_snapshot (TnCanvas *self, GtkSnapshot *snapshot);

/* ---- tn-canvas-walk.c ---- */

void tn_canvas_walk_class_init (GtkWidgetClass *widget_class);
/* Selects the next (or the previous) layer in the order of computation. FALSE at the end. */
gboolean tn_canvas_step (TnCanvas *self, gboolean forward);

/* ---- tn-canvas-trace.c ---- */

/* Shows where the number at a point of the document comes from, or no longer if it was shown. FALSE
 * when there is no number. */
gboolean tn_canvas_trace_at (TnCanvas *self, double x, double y);
/* TRUE when there was something to end. */
gboolean tn_canvas_trace_end (TnCanvas *self);
/* What is known has changed. */
void tn_canvas_trace_again (TnCanvas *self);
/* What the card says: a line for each link. New string. */
char *tn_canvas_trace_text (TnCanvas *self);
void tn_canvas_draw_trace (TnCanvas *self, cairo_t *cr);
void tn_canvas_draw_trace_card (TnCanvas *self, cairo_t *cr);

/* ---- tn-canvas-hover.c ---- */

void tn_canvas_hover_class_init (GtkWidgetClass *widget_class);
void tn_canvas_hover_init (TnCanvas *self);
void tn_canvas_hover_free (TnCanvas *self);
/* The pointer is somewhere, in widget units. TRUE: on the card, and not on what lies under it. */
gboolean tn_canvas_hover_motion (TnCanvas *self, double x, double y);
/* The pointer has left the canvas: what opened for it goes, unless it was pinned. */
void tn_canvas_hover_leave (TnCanvas *self);
/* Something is done, or the view moves: it goes, unless it was pinned. */
void tn_canvas_hover_end (TnCanvas *self);
/* It goes in any case. TRUE when there was one. */
gboolean tn_canvas_hover_close (TnCanvas *self);
/* More, or something else, is known. */
void tn_canvas_hover_again (TnCanvas *self);
/* Parts of the canvas's size_allocate and snapshot. */
void tn_canvas_hover_allocate (TnCanvas *self);
void tn_canvas_hover_snapshot (TnCanvas *self, GtkSnapshot *snapshot);
/* A press on the card is none on what lies under it: @gesture lets go of it. */
gboolean tn_canvas_hover_takes (TnCanvas *self, GtkGesture *gesture, double x, double y);
/* The card while it is shown, and what it is about, in widget units; or NULL. */
GtkWidget *tn_canvas_hover_card (TnCanvas *self, TnRect *about);

/* ---- tn-canvas-heat.c ---- */

void tn_canvas_draw_heat_legend (TnCanvas *self, GtkSnapshot *snapshot);

/* ---- tn-canvas-wiring.c ---- */

void tn_canvas_wiring_class_init (GtkWidgetClass *widget_class);
/* What the context menu offers for a wire, and for the selected layers. */
void tn_canvas_append_wire_items (TnCanvas *self, const TnHit *wire, GMenu *section);
void tn_canvas_append_flow_items (TnCanvas *self, GMenu *menu);

/* ---- tn-canvas-card.c ---- */

/* Lines about the layer at @index of the facts: where its sizes come from, what it costs. */
void tn_canvas_append_card (TnCanvas *self, GString *text, guint index);
void tn_canvas_draw_preview (TnCanvas *self, cairo_t *cr);

/* ---- tn-canvas-groups.c ---- */

void tn_canvas_groups_class_init (GtkWidgetClass *widget_class);
/* Opens the group of @hit, or closes it. */
void tn_canvas_toggle_group (TnCanvas *self, const TnHit *hit);
/* The layer that the keyboard and assistive technology know @node by: itself, or the first one of
 * the closed group that hides it. */
TnNodeId tn_canvas_shown_node (TnCanvas *self, TnNodeId node);
/* An item that shows @accel, of the keys there are for @action. */
void tn_canvas_append_item (GMenu *menu, const char *label, const char *action, const char *accel);
/* What the context menu offers for @hit, besides what it does for all. */
void tn_canvas_append_group_items (TnCanvas *self, const TnHit *hit, GMenu *section);

/* ---- tn-canvas-modes.c ---- */

void tn_canvas_modes_class_init (GtkWidgetClass *widget_class);
/* What the context menu offers for the selected layers. */
void tn_canvas_append_mode_items (TnCanvas *self, GMenu *section);

/* ---- tn-canvas-remarks.c ---- */

void tn_canvas_remarks_class_init (GtkWidgetClass *widget_class);
/* Opens the editor of a comment's or a frame's text. FALSE for anything else. */
gboolean tn_canvas_edit_remark (TnCanvas *self, TnNodeId node);
/* Adds to @nodes, of TnNodeId, what lies in the frames among them. */
void tn_canvas_add_framed (TnCanvas *self, GArray *nodes);
gboolean tn_canvas_add_knot (TnCanvas *self, const TnHit *wire, double x, double y);
/* What the context menu offers for @hit. TRUE: that is all, it is about no layer. */
gboolean tn_canvas_append_remark_items (TnCanvas *self, const TnHit *hit, GMenu *section);

/* ---- tn-canvas-repeat.c ---- */

void tn_canvas_repeat_class_init (GtkWidgetClass *widget_class);
/* What the context menu offers for the selected layers. */
void tn_canvas_append_repeat_items (TnCanvas *self, const TnHit *hit, GMenu *section);

/* ---- tn-canvas-text.c ---- */

/* "dense_2, Dense" and its problem, "" when it has none. New strings. */
char *tn_canvas_node_label (TnCanvas *self, const TnNode *node);
char *tn_canvas_node_problem (TnCanvas *self, const TnNode *node);
/* Its problem, what arrives at each input and from where, what it puts out. New string. */
char *tn_canvas_node_description (TnCanvas *self, const TnNode *node);
/* "encoder, Functional, 5 layers" and what is wrong within. New strings. */
char *tn_canvas_group_label (TnCanvas *self, const TnGroup *group);
char *tn_canvas_group_problem (TnCanvas *self, const TnGroup *group);
/* The same of a closed one, with the layers in it by name. New string. */
char *tn_canvas_group_description (TnCanvas *self, const TnGroup *group);
/* "12 layers, 14 connections, 1 problem". New string. */
char *tn_canvas_summary (TnCanvas *self);
/* What is known of a layer besides its name and its problem, in lines. New string. */
char *tn_canvas_node_about (TnCanvas *self, const TnNode *node);
/* What is told of a thing, as plain text; NULL: nothing. New string. */
char *tn_canvas_tip (TnCanvas *self, const TnHit *hit);

G_END_DECLS
