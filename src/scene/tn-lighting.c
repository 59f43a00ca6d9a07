/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a number comes from, as light: the layers it passed stand out, all else is dimmed. */
#include <string.h>

#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define VEIL       0.72 /* how much of the background lies over what has no part in it */
#define TAG_HEIGHT 18.0

/* ---- numbers in labels ---- */

/* Bytes @from … @to of the text of axis @axis in "(None, 26, 26, 32)". Commas within an expression
 * in brackets separate nothing. */
static gboolean
find_axis_text (const char *text, int axis, int *from, int *to)
{
  int depth = 0, at_axis = 0;

  *from = -1;
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '(' && depth++ == 0)
        {
          if (axis == 0)
            *from = (int)(at + 1 - text);
          continue;
        }
      if (*at == ')')
        depth--;
      if (!((*at == ',' && depth == 1) || (*at == ')' && depth == 0)))
        continue;
      if (at_axis == axis)
        {
          *to = (int)(at - text);
          return *from >= 0 && *to > *from;
        }
      if (++at_axis == axis)
        *from = (int)(at + 1 - text) + (at[1] == ' ');
    }
  return FALSE;
}

/* As the painter lays it out. */
static PangoLayout *
label_layout (const TnScene *scene, const TnSceneWire *wire, double *x, double *y)
{
  double mark = wire->state == TN_EDGE_ERROR ? 13 : 0;
  TnTextKind kind = wire->state == TN_EDGE_ASSUMED ? TN_TEXT_LABEL_ITALIC : TN_TEXT_LABEL;
  PangoLayout *layout
      = tn_text_cache_get (scene->texts, kind, wire->text, wire->label.width - 14 - mark);
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  *x = wire->label.x + wire->label.width / 2 - ((double)extents.width / PANGO_SCALE + mark + 14) / 2
       + 7 + mark;
  *y = wire->label.y + (wire->label.height - (double)extents.height / PANGO_SCALE) / 2;
  return layout;
}

static gboolean
dim_box (const TnScene *scene, const TnSceneWire *wire, int axis, TnRect *box)
{
  PangoRectangle start, end;
  PangoLayout *layout;
  int from, to;
  double x, y;

  if (wire->text == NULL || !find_axis_text (wire->text, axis, &from, &to))
    return FALSE;
  layout = label_layout (scene, wire, &x, &y);
  pango_layout_index_to_pos (layout, from, &start);
  pango_layout_index_to_pos (layout, to, &end);
  *box = (TnRect){ x + (double)start.x / PANGO_SCALE, wire->label.y + 1.5,
                   (double)(end.x - start.x) / PANGO_SCALE, wire->label.height - 3 };
  return TRUE;
}

gboolean
tn_scene_dim_box (const TnScene *scene, TnRef ref, int axis, TnRect *box)
{
  g_return_val_if_fail (scene != NULL && box != NULL, FALSE);
  for (guint i = 0; i < scene->n_wires; i++)
    if (tn_ref_equal (scene->wires[i].ref, ref) && dim_box (scene, &scene->wires[i], axis, box))
      return TRUE;
  return FALSE;
}

gboolean
tn_scene_dim_at (const TnScene *scene, double x, double y, TnRef *ref, int *axis)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (scene != NULL && ref != NULL && axis != NULL, FALSE);
  tn_spatial_query (scene->items, (TnRect){ x, y, 0, 0 }, found);
  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneWire *wire;
      TnRect box;

      if (item < tn_scene_first_label (scene))
        continue;
      wire = &scene->wires[item - tn_scene_first_label (scene)];
      for (int at = 0; dim_box (scene, wire, at, &box); at++)
        if (tn_rect_intersects (tn_rect_grown (box, 2), (TnRect){ x, y, 0, 0 }))
          {
            *ref = wire->ref;
            *axis = at;
            return TRUE;
          }
    }
  return FALSE;
}

gboolean
tn_scene_label_at (const TnScene *scene, double x, double y, TnRef *ref, TnRect *box)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (scene != NULL && ref != NULL && box != NULL, FALSE);
  tn_spatial_query (scene->items, (TnRect){ x, y, 0, 0 }, found);
  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneWire *wire;

      if (item < tn_scene_first_label (scene))
        continue;
      wire = &scene->wires[item - tn_scene_first_label (scene)];
      if (wire->text == NULL || !tn_rect_intersects (wire->label, (TnRect){ x, y, 0, 0 }))
        continue;
      *ref = wire->ref;
      *box = wire->label;
      return TRUE;
    }
  return FALSE;
}

/* ---- light ---- */

static gboolean
is_lit (const TnLighting *lighting, TnNodeId node)
{
  for (guint i = 0; i < lighting->layers->len; i++)
    if (g_array_index (lighting->layers, TnNodeId, i) == node)
      return TRUE;
  return FALSE;
}

static gboolean
wire_is_lit (const TnScene *scene, const TnLighting *lighting, const TnSceneWire *wire)
{
  return !wire->stub && is_lit (lighting, wire->ref.node) && is_lit (lighting, wire->to);
}

/* Is it seen in this box? A closed group shows what lights up within. */
static gboolean
box_is_lit (const TnScene *scene, const TnLighting *lighting, guint number)
{
  const TnSceneNode *node = &scene->nodes[number];

  if (node->group == NULL)
    return !node->hidden && is_lit (lighting, tn_node_id (node->node));
  for (guint i = 0; i < lighting->layers->len; i++)
    if (tn_scene_find_node (scene, g_array_index (lighting->layers, TnNodeId, i)) == node)
      return TRUE;
  return FALSE;
}

static void
draw_veil (const TnScene *scene, cairo_t *cr, TnRect visible, const TnLighting *lighting)
{
  cairo_push_group (cr);
  cairo_rectangle (cr, visible.x, visible.y, visible.width, visible.height);
  tn_color_set (cr, scene->style->background, VEIL);
  cairo_fill (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      TnRect box = tn_rect_grown (scene->nodes[i].box, 1);

      if (!tn_rect_intersects (box, visible) || !box_is_lit (scene, lighting, i))
        continue;
      tn_round_rectangle (cr, box.x, box.y, box.width, box.height, scene->style->box_radius + 1);
      cairo_fill (cr);
    }
  for (guint i = 0; i < scene->n_wires; i++)
    {
      const TnSceneWire *wire = &scene->wires[i];

      if (wire->text == NULL || !tn_rect_intersects (wire->label, visible)
          || !(tn_ref_equal (wire->ref, lighting->ref) || wire_is_lit (scene, lighting, wire)))
        continue;
      tn_round_rectangle (cr, wire->label.x, wire->label.y, wire->label.width, wire->label.height,
                          wire->label.height / 2);
      cairo_fill (cr);
    }
  cairo_pop_group_to_source (cr);
  cairo_paint (cr);
}

/* "filters 64" under the lower edge of the box whose parameter it is. */
static void
draw_tag (const TnScene *scene, cairo_t *cr, const TnProvenance *link, guint number)
{
  const TnSceneNode *node = tn_scene_find_node (scene, link->node);
  const TnNode *layer = tn_graph_find (scene->graph, link->node);
  const char *param = link->param;
  const TnStyle *style = scene->style;
  int at = tn_schema_param (tn_node_schema (layer), param);
  g_autoptr (TnValue) value = at >= 0 ? tn_node_value (layer, (guint)at) : NULL;
  g_autofree char *shown = value != NULL ? tn_value_to_text (value) : NULL;
  g_autofree char *text = g_strdup_printf ("%s %s", param, shown != NULL ? shown : "");
  PangoLayout *layout
      = tn_text_cache_get (scene->texts, TN_TEXT_LABEL, text, style->box_width - 24);
  PangoRectangle extents;
  double width, x, y = node->box.y + node->box.height - 3;

  pango_layout_get_extents (layout, NULL, &extents);
  width = (double)extents.width / PANGO_SCALE + 16;
  x = node->box.x + node->box.width - width - 8;
  y += number * (TAG_HEIGHT + 2);
  tn_round_rectangle (cr, x, y, width, TAG_HEIGHT, TAG_HEIGHT / 2);
  tn_color_set (cr, style->selection, 1);
  cairo_fill (cr);
  cairo_move_to (cr, x + 8, y + (TAG_HEIGHT - (double)extents.height / PANGO_SCALE) / 2);
  tn_color_set (cr, style->box, 1);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
}

static void
draw_tags (const TnScene *scene, cairo_t *cr, const TnLighting *lighting)
{
  for (guint i = 0; i < lighting->links->len; i++)
    {
      const TnProvenance *link = &g_array_index (lighting->links, TnProvenance, i);
      const TnSceneNode *node = tn_scene_find_node (scene, link->node);
      guint before = 0;
      gboolean told = FALSE;

      for (guint j = 0; j < i; j++)
        {
          const TnProvenance *other = &g_array_index (lighting->links, TnProvenance, j);

          if (other->node != link->node || other->param == NULL)
            continue;
          before++;
          told = told || g_strcmp0 (other->param, link->param) == 0;
        }
      if (node != NULL && link->param != NULL && !told)
        draw_tag (scene, cr, link, before);
    }
}

void
tn_painter_lighting (const TnScene *scene, cairo_t *cr, TnRect visible, const TnLighting *lighting)
{
  const TnStyle *style;
  TnRect box;

  g_return_if_fail (scene != NULL && cr != NULL && lighting != NULL);
  style = scene->style;
  cairo_save (cr);
  cairo_new_path (cr);
  draw_veil (scene, cr, visible, lighting);
  for (guint i = 0; i < scene->n_wires; i++)
    if (wire_is_lit (scene, lighting, &scene->wires[i]))
      tn_painter_highlight_wire (scene, cr, scene->wires[i].to, scene->wires[i].call,
                                 scene->wires[i].slot, style->selection);
  cairo_set_line_width (cr, 2);
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      if (!box_is_lit (scene, lighting, i))
        continue;
      box = tn_rect_grown (scene->nodes[i].box, 1.5);
      tn_round_rectangle (cr, box.x, box.y, box.width, box.height, style->box_radius + 1.5);
      tn_color_set (cr, style->selection, 1);
      cairo_stroke (cr);
    }
  draw_tags (scene, cr, lighting);
  if (tn_scene_dim_box (scene, lighting->ref, lighting->axis, &box))
    {
      tn_round_rectangle (cr, box.x - 3, box.y, box.width + 6, box.height, 5);
      tn_color_set (cr, style->selection, 0.25);
      cairo_fill_preserve (cr);
      tn_color_set (cr, style->selection, 1);
      cairo_set_line_width (cr, 1.6);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}
