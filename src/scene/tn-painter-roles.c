/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How layers look that do not count. */
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define STROKE_INSET 7.0

static double
hair (const TnPaint *paint, double width)
{
  return paint->scale > 0 ? MAX (width, 0.7 / paint->scale) : width;
}

/* From the first port in to the first port out, beside what the box says. */
static void
draw_passage (const TnPaint *paint, const TnSceneNode *node)
{
  const TnScene *scene = paint->scene;
  cairo_t *cr = paint->cr;
  TnPoint from, to, by;

  if (node->n_inputs == 0 || node->n_outputs == 0)
    return;
  from = scene->inputs[node->first_input].at;
  to = scene->outputs[node->first_output].at;
  if (scene->direction == TN_DIRECTION_DOWN)
    {
      by = (TnPoint){ node->box.x + node->box.width - 9, (from.y + to.y) / 2 };
      cairo_move_to (cr, from.x, from.y);
      cairo_curve_to (cr, from.x, from.y + 16, by.x, by.y - 24, by.x, by.y);
      cairo_curve_to (cr, by.x, by.y + 24, to.x, to.y - 16, to.x, to.y);
    }
  else
    {
      by = (TnPoint){ (from.x + to.x) / 2, node->box.y + node->box.height - 5 };
      cairo_move_to (cr, from.x, from.y);
      cairo_curve_to (cr, from.x + 12, from.y, from.x + 12, by.y, from.x + 40, by.y);
      cairo_line_to (cr, to.x - 40, by.y);
      cairo_curve_to (cr, to.x - 12, by.y, to.x - 12, to.y, to.x, to.y);
    }
  tn_color_set (cr, paint->style->wire, 0.9);
  cairo_set_line_width (cr, hair (paint, paint->style->wire_width));
  cairo_stroke (cr);
}

static void
draw_stroke (const TnPaint *paint, const TnSceneNode *node)
{
  cairo_t *cr = paint->cr;
  TnRect box = node->box;

  cairo_move_to (cr, box.x + STROKE_INSET, box.y + box.height - STROKE_INSET);
  cairo_line_to (cr, box.x + box.width - STROKE_INSET, box.y + STROKE_INSET);
  tn_color_set (cr, paint->style->text_dim, 0.45);
  cairo_set_line_width (cr, hair (paint, 1.4));
  cairo_stroke (cr);
}

void
tn_paint_role (const TnPaint *paint, const TnSceneNode *node)
{
  if (node->role == TN_ROLE_BYPASSED)
    draw_passage (paint, node);
  else if (node->role == TN_ROLE_DISABLED)
    draw_stroke (paint, node);
}
