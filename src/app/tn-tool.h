/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTool: what one gesture of the pointer does on the canvas; static const data and a little state.
 */
#pragma once

#include "app/tn-canvas.h"

G_BEGIN_DECLS

/* Where the pointer is and what lies there. */
typedef struct
{
  double x, y; /* document units */
  double widget_x, widget_y;
  GdkModifierType state;
  guint button;
  TnHit hit; /* as the gesture found it at its beginning; later as it is now */
} TnPointer;

/**
 * TnTool:
 * @wants: does a press here begin this tool's gesture? NULL: never, it is begun by name
 * @begin: the press; @state is zeroed memory of @state_size that lives as long as the gesture
 * @motion: the pointer, the modifiers or the document beneath have moved
 * @end: the release
 * @cancel: Escape or a broken grab instead: takes back what the gesture did; may be NULL
 * @clear: frees what @state holds; always called last; may be NULL
 * @draw: the live feedback, in document coordinates; may be NULL
 */
typedef struct
{
  const char *name;
  const char *cursor; /* while it runs; NULL: the default one */
  gsize state_size;
  gboolean (*wants) (TnCanvas *canvas, const TnPointer *at);
  void (*begin) (TnCanvas *canvas, gpointer state, const TnPointer *at);
  void (*motion) (TnCanvas *canvas, gpointer state, const TnPointer *at);
  void (*end) (TnCanvas *canvas, gpointer state, const TnPointer *at);
  void (*cancel) (TnCanvas *canvas, gpointer state);
  void (*clear) (gpointer state);
  void (*draw) (TnCanvas *canvas, gconstpointer state, cairo_t *cr);
} TnTool;

extern const TnTool tn_tool_pan;
extern const TnTool tn_tool_cut;
extern const TnTool tn_tool_knot;
extern const TnTool tn_tool_wire;
extern const TnTool tn_tool_resize;
extern const TnTool tn_tool_select;
extern const TnTool tn_tool_place;

/* The tool for a press, tried in order: pan, cut, knot, wire, select. */
const TnTool *tn_tool_for_press (TnCanvas *canvas, const TnPointer *at);

/* Palette and canvas hand what is placed to the place tool through here, before it begins.
 * @direction: in which the model flows. */
void tn_tool_place_set_offer (gpointer state, TnOffer offer, TnDirection direction);

G_END_DECLS
