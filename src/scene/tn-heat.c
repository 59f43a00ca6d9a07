/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each layer costs, as a colour, a bar and a number in its box, and the scale to read it by.
 */
#include <math.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-active.h"
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define BAR_HEIGHT 4.0
#define BAR_INSET  3.0 /* of the bar from the lower edge of the box */
#define LEAST_BAR  1.5 /* device pixels below which it is left out */

#define LEGEND_SCALE   140.0
#define LEGEND_PADDING 10.0
#define LEGEND_LINE    16.0
#define LEGEND_GAP     6.0 /* above it */

typedef struct
{
  const char *name;
  const char *label;
} HeatWords;

static const HeatWords words[TN_N_HEATS] = {
  [TN_HEAT_NONE] = { "none", N_ ("Nothing") },
  [TN_HEAT_PARAMS] = { "params", N_ ("Parameters") },
  [TN_HEAT_MACS] = { "macs", N_ ("Multiply-adds of one sample") },
  [TN_HEAT_MEMORY] = { "memory", N_ ("Memory of the outputs, one sample") },
  [TN_HEAT_TIME] = { "time", N_ ("Time of the last run") },
};

const char *
tn_heat_name (TnHeat heat)
{
  g_return_val_if_fail ((guint)heat < TN_N_HEATS, NULL);
  return words[heat].name;
}

gboolean
tn_heat_from_name (const char *name, TnHeat *heat)
{
  g_return_val_if_fail (name != NULL && heat != NULL, FALSE);
  for (TnHeat i = 0; i < TN_N_HEATS; i++)
    if (g_str_equal (words[i].name, name))
      {
        *heat = i;
        return TRUE;
      }
  return FALSE;
}

const char *
tn_heat_label (TnHeat heat)
{
  g_return_val_if_fail ((guint)heat < TN_N_HEATS, NULL);
  return _ (words[heat].label);
}

char *
tn_heat_text (TnHeat heat, double amount)
{
  switch (heat)
    {
    case TN_HEAT_MEMORY:
      return tn_text_bytes ((guint64)amount);
    case TN_HEAT_TIME:
      return tn_text_duration (amount);
    default:
      return tn_text_short_count ((gint64)amount);
    }
}

/* ---- amounts ---- */

/* Of a layer, from facts that may be about an earlier graph; negative: not known. */
static double
amount_of (const TnScene *scene, TnNodeId id)
{
  int index = scene->facts == NULL ? -1 : tn_graph_index (tn_facts_graph (scene->facts), id);

  if (index < 0)
    return -1;
  switch (scene->heat)
    {
    case TN_HEAT_PARAMS:
      return (double)tn_facts_params (scene->facts, (guint)index);
    case TN_HEAT_MACS:
      return (double)tn_facts_macs (scene->facts, (guint)index);
    case TN_HEAT_MEMORY:
      return (double)tn_facts_activation_bytes (scene->facts, (guint)index, 1);
    default:
      return -1;
    }
}

/* By number of the box in which each is seen; negative where nothing is known. */
static void
gather (TnScene *scene, const GArray *times, double *amounts)
{
  for (guint i = 0; i < scene->n_nodes; i++)
    amounts[i] = -1;
  if (scene->heat == TN_HEAT_TIME)
    {
      for (guint i = 0; times != NULL && i < times->len; i++)
        {
          const TnHeatTime *time = &g_array_index (times, TnHeatTime, i);
          int index = tn_graph_index (scene->graph, time->node);

          if (index >= 0)
            amounts[scene->nodes[index].shown]
                = MAX (amounts[scene->nodes[index].shown], 0) + time->seconds;
        }
      return;
    }
  for (guint i = 0; i < scene->n_layers; i++)
    {
      double amount = amount_of (scene, tn_node_id (scene->nodes[i].node));
      guint shown = scene->nodes[i].shown;

      if (amount >= 0)
        amounts[shown] = MAX (amounts[shown], 0) + amount;
      else if (tn_graph_role (scene->graph, i) == TN_ROLE_ACTIVE)
        scene->heat_gap = TRUE;
    }
}

void
tn_scene_heat (TnScene *scene, const GArray *times)
{
  g_autofree double *amounts = NULL;

  for (guint i = 0; i < scene->n_nodes; i++)
    scene->nodes[i].heat = -1;
  if (scene->heat == TN_HEAT_NONE)
    return;
  amounts = g_new (double, scene->n_nodes + 1);
  gather (scene, times, amounts);
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      scene->hottest = MAX (scene->hottest, amounts[i]);
      scene->heat_sum += MAX (amounts[i], 0);
    }
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      TnSceneNode *node = &scene->nodes[i];
      g_autofree char *amount = NULL;
      g_autofree char *text = NULL;

      if (node->hidden || node->chip
          || (i < scene->n_layers && tn_graph_role (scene->graph, i) != TN_ROLE_ACTIVE))
        continue;
      if (amounts[i] < 0)
        {
          node->heat_text = g_string_chunk_insert_const (scene->strings, "?");
          continue;
        }
      node->heat = scene->hottest > 0 ? amounts[i] / scene->hottest : 0;
      amount = tn_heat_text (scene->heat, amounts[i]);
      if (scene->heat_sum > 0 && amounts[i] > 0)
        /* Translators: in the box of a layer, how much it costs and its share: "18.5 k · 12 %". */
        text = g_strdup_printf (_ ("%s · %.0f %%"), amount, 100 * amounts[i] / scene->heat_sum);
      node->heat_text = g_string_chunk_insert_const (scene->strings, text != NULL ? text : amount);
    }
}

/* ---- drawing ---- */

TnColor
tn_heat_color (const TnStyle *style, double heat)
{
  return tn_color_mix (style->box, style->heat, CLAMP (heat, 0, 1));
}

void
tn_paint_heat_bar (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  double left = node->box.x + TN_BOX_TEXT;
  double room = node->box.width - TN_BOX_TEXT - TN_BOX_PADDING;
  double y = node->box.y + style->box_height - BAR_HEIGHT - BAR_INSET;

  if (node->heat < 0 || (paint->scale > 0 && BAR_HEIGHT * paint->scale < LEAST_BAR))
    return;
  tn_round_rectangle (paint->cr, left, y, room, BAR_HEIGHT, BAR_HEIGHT / 2);
  tn_color_set (paint->cr, style->text, 0.12);
  cairo_fill (paint->cr);
  if (node->heat <= 0)
    return;
  tn_round_rectangle (paint->cr, left, y, MAX (room * node->heat, BAR_HEIGHT), BAR_HEIGHT,
                      BAR_HEIGHT / 2);
  tn_color_set (paint->cr, style->text, 0.75);
  cairo_fill (paint->cr);
}

static double
layout_width (TnTextCache *texts, TnTextKind kind, const char *text)
{
  PangoRectangle extents;

  pango_layout_get_extents (tn_text_cache_get (texts, kind, text, 400), NULL, &extents);
  return (double)extents.width / PANGO_SCALE;
}

/* "12.3 M in all", or what it is that is missing. */
static char *
sum_text (const TnScene *scene)
{
  g_autofree char *sum = NULL;

  if (scene->heat == TN_HEAT_TIME && scene->hottest <= 0)
    return g_strdup (_ ("The model has not run yet"));
  sum = tn_heat_text (scene->heat, scene->heat_sum);
  return g_strdup_printf (
      scene->heat_gap ? _ ("%s in all, without what is not known") : _ ("%s in all"), sum);
}

TnRect
tn_scene_heat_legend (const TnScene *scene)
{
  g_autofree char *sum = NULL;
  double width = LEGEND_SCALE;

  g_return_val_if_fail (scene != NULL, (TnRect){ 0 });
  if (scene->heat == TN_HEAT_NONE)
    return (TnRect){ 0 };
  sum = sum_text (scene);
  width = MAX (width, layout_width (scene->texts, TN_TEXT_BRIEF, tn_heat_label (scene->heat)));
  width = MAX (width, layout_width (scene->texts, TN_TEXT_LABEL, sum));
  return (TnRect){ 0, 0, ceil (width) + 2 * LEGEND_PADDING,
                   4 * LEGEND_LINE + LEGEND_PADDING + LEGEND_GAP };
}

static void
draw_scale (const TnScene *scene, cairo_t *cr, double x, double y)
{
  cairo_pattern_t *pattern = cairo_pattern_create_linear (x, 0, x + LEGEND_SCALE, 0);

  for (int i = 0; i <= 1; i++)
    {
      TnColor color = tn_heat_color (scene->style, i);

      cairo_pattern_add_color_stop_rgb (pattern, i, color.red, color.green, color.blue);
    }
  tn_round_rectangle (cr, x + 0.5, y + 0.5, LEGEND_SCALE - 1, LEGEND_LINE - 6, 3);
  cairo_set_source (cr, pattern);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (pattern);
  tn_color_set (cr, scene->style->box_border, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

void
tn_painter_heat_legend (const TnScene *scene, cairo_t *cr, double x, double y)
{
  g_autofree char *least = NULL;
  g_autofree char *most = NULL;
  g_autofree char *sum = NULL;
  const TnStyle *style;
  double middle, most_width;
  TnRect box;

  g_return_if_fail (scene != NULL && cr != NULL);
  box = tn_scene_heat_legend (scene);
  if (box.width <= 0)
    return;
  style = scene->style;
  TnPaint paint = { .cr = cr, .style = style, .scene = scene, .texts = scene->texts };
  least = tn_heat_text (scene->heat, 0);
  most = tn_heat_text (scene->heat, MAX (scene->hottest, 0));
  sum = sum_text (scene);
  box.height -= LEGEND_GAP;
  y -= box.height;

  cairo_save (cr);
  cairo_new_path (cr);
  tn_round_rectangle (cr, x + 0.5, y + 0.5, box.width - 1, box.height - 1, style->box_radius);
  tn_color_set (cr, style->box, 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, style->box_border, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);

  x += LEGEND_PADDING;
  y += LEGEND_PADDING / 2;
  middle = LEGEND_LINE / 2 + style->brief_size * 0.36;
  tn_paint_text (&paint, TN_TEXT_BRIEF, tn_heat_label (scene->heat), x, y + middle, 400, 0,
                 style->text, 1);
  draw_scale (scene, cr, x, y + LEGEND_LINE + 3);
  tn_paint_text (&paint, TN_TEXT_LABEL, least, x, y + 2 * LEGEND_LINE + middle, 400, 0,
                 style->text_dim, 1);
  most_width = layout_width (scene->texts, TN_TEXT_LABEL, most);
  tn_paint_text (&paint, TN_TEXT_LABEL, most, x + LEGEND_SCALE - most_width,
                 y + 2 * LEGEND_LINE + middle, 400, 0, style->text_dim, 1);
  tn_paint_text (&paint, TN_TEXT_LABEL, sum, x, y + 3 * LEGEND_LINE + middle, 400, 0,
                 style->text_dim, 1);
  cairo_restore (cr);
}
