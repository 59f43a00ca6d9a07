/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pan tool: the middle button, or Space and the first button, drag the paper. */
#include "app/tn-canvas-private.h"

typedef struct
{
  double last_x, last_y; /* widget units: document units move along with the paper */
} TnPan;

static gboolean
pan_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_MIDDLE
         || (at->button == GDK_BUTTON_PRIMARY && canvas->space_held);
}

static void
pan_begin (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPan *pan = state;

  pan->last_x = at->widget_x;
  pan->last_y = at->widget_y;
}

static void
pan_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPan *pan = state;

  tn_viewport_pan (&canvas->viewport, at->widget_x - pan->last_x, at->widget_y - pan->last_y);
  pan->last_x = at->widget_x;
  pan->last_y = at->widget_y;
  tn_canvas_view_changed (canvas);
}

const TnTool tn_tool_pan = {
  .name = "pan",
  .cursor = "grabbing",
  .state_size = sizeof (TnPan),
  .wants = pan_wants,
  .begin = pan_begin,
  .motion = pan_motion,
};
