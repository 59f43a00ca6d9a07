/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure is a drawing of one of two styles with a title above and a legend below. */
#include "scene/tn-figure.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-active.h"
#include "scene/tn-glyph.h"
#include "scene/tn-hatch.h"
#include "scene/tn-volumes.h"

#define TITLE_SCALE  1.3
#define TITLE_ROOM   30.0
#define LEGEND_GAP   16.0
#define LEGEND_LINE  21.0
#define LEGEND_LEAST 360.0 /* as wide as that it may be, however small the drawing */
#define SWATCH       13.0
#define SWATCH_GAP   6.0
#define ENTRY_GAP    18.0

typedef struct
{
  TnFamily family;
  double x, y, width; /* of the swatch's corner; of the text */
} Entry;

struct _TnFigure
{
  guint references;
  TnGraph *graph;
  TnFacts *facts;
  const TnStyle *style;
  TnScene *scene;     /* of BLOCKS */
  TnVolumes *volumes; /* of VOLUMES */
  TnTextCache *texts;
  guint parts;
  TnRect drawing;
  TnRect bounds;
  double heat_y; /* the lower edge of the heat's scale */
  Entry legend[TN_N_FAMILIES];
  guint n_legend;
};

/* ---- names ---- */

static const char *const style_names[] = {
  [TN_FIGURE_BLOCKS] = "blocks",
  [TN_FIGURE_VOLUMES] = "volumes",
};

const char *
tn_figure_style_name (TnFigureStyle style)
{
  g_return_val_if_fail ((guint)style < G_N_ELEMENTS (style_names), NULL);
  return style_names[style];
}

gboolean
tn_figure_style_from_name (const char *name, TnFigureStyle *style)
{
  g_return_val_if_fail (name != NULL && style != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (style_names); i++)
    if (g_str_equal (name, style_names[i]))
      {
        *style = i;
        return TRUE;
      }
  return FALSE;
}

/* By bit. */
static const char *const part_names[TN_N_PARTS] = {
  "shapes", "kernels", "names", "parameters", "legend", "title",
};

const char *
tn_part_name (guint number)
{
  g_return_val_if_fail (number < TN_N_PARTS, NULL);
  return part_names[number];
}

static guint
part_bits (const char *word)
{
  if (g_str_equal (word, "all"))
    return (1u << TN_N_PARTS) - 1;
  for (guint i = 0; i < TN_N_PARTS; i++)
    if (g_str_equal (word, part_names[i]))
      return 1u << i;
  return 0;
}

gboolean
tn_parts_from_list (const char *list, guint *parts)
{
  g_auto (GStrv) words = NULL;
  guint found = 0;

  g_return_val_if_fail (list != NULL && parts != NULL, FALSE);
  words = g_strsplit (list, ",", -1);
  if (words[0] != NULL && strchr ("+-", g_strstrip (words[0])[0]) != NULL && words[0][0] != '\0')
    found = *parts;
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = g_strstrip (words[i]);
      guint bits = part_bits (*word == '+' || *word == '-' ? word + 1 : word);

      if (bits == 0 && !g_str_equal (word, "none"))
        return FALSE;
      found = *word == '-' ? found & ~bits : found | bits;
    }
  *parts = found;
  return words[0] != NULL;
}

guint
tn_figure_usual_parts (TnFigureStyle style)
{
  return style == TN_FIGURE_VOLUMES ? TN_PART_SHAPES | TN_PART_KERNELS | TN_PART_LEGEND
                                    : TN_PART_SHAPES | TN_PART_KERNELS | TN_PART_NAMES;
}

TnDirection
tn_figure_usual_direction (TnFigureStyle style, const TnGraph *graph)
{
  return style == TN_FIGURE_VOLUMES ? TN_DIRECTION_RIGHT : tn_graph_direction (graph);
}

/* ---- building ---- */

/* Of @graph only the layers @only. */
static TnGraph *
chosen_graph (const TnGraph *graph, const GArray *only)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (GHashTable) kept = NULL;

  if (only == NULL)
    return tn_graph_ref (graph);
  draft = tn_draft_new (graph);
  kept = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < only->len; i++)
    g_hash_table_add (kept, GUINT_TO_POINTER (g_array_index (only, TnNodeId, i)));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      if (g_hash_table_contains (kept, GUINT_TO_POINTER (id)))
        continue;
      /* Wires go on where a knot was. */
      if (tn_node_schema (tn_graph_node (graph, i))->knot)
        tn_draft_heal (draft, id);
      else
        tn_draft_remove (draft, id);
    }
  return tn_draft_finish (draft);
}

static void
find_families (const TnFigure *self, gboolean *used)
{
  if (self->volumes != NULL)
    {
      for (guint i = 0; i < self->volumes->n_volumes; i++)
        {
          used[self->volumes->volumes[i].family] = TRUE;
          used[TN_FAMILY_ACTIVATIONS] |= self->volumes->volumes[i].band;
        }
      return;
    }
  for (guint i = 0; i < self->scene->n_nodes; i++)
    {
      const TnSceneNode *node = &self->scene->nodes[i];

      if (!node->hidden && !node->chip && node->group == NULL && node->remark == TN_REMARK_NONE)
        used[node->layer->family] = TRUE;
    }
}

/* The scale of a heat is part of a picture that shows one. */
static void
place_heat (TnFigure *self)
{
  TnRect scale = tn_scene_heat_legend (self->scene);

  if (scale.width <= 0)
    return;
  self->bounds.width = MAX (self->bounds.width, scale.width);
  self->bounds.height += scale.height;
  self->heat_y = self->bounds.y + self->bounds.height;
}

/* In rows as wide as the drawing, from its left. */
static void
place_legend (TnFigure *self)
{
  gboolean used[TN_N_FAMILIES] = { FALSE };
  double most = MAX (self->drawing.width, LEGEND_LEAST);
  double x = self->bounds.x;
  double y = self->bounds.y + self->bounds.height + LEGEND_GAP;
  double right = self->bounds.x + self->bounds.width;

  find_families (self, used);
  for (TnFamily family = 0; family < TN_N_FAMILIES; family++)
    {
      double width = tn_text_estimate (tn_family_label (family), self->style->brief_size);

      if (!used[family])
        continue;
      if (x > self->bounds.x && x + SWATCH + SWATCH_GAP + width > self->bounds.x + most)
        {
          x = self->bounds.x;
          y += LEGEND_LINE;
        }
      self->legend[self->n_legend++] = (Entry){ family, x, y, width };
      x += SWATCH + SWATCH_GAP + width + ENTRY_GAP;
      right = MAX (right, x - ENTRY_GAP);
    }
  if (self->n_legend > 0)
    {
      self->bounds.height = y + SWATCH + 4 - self->bounds.y;
      self->bounds.width = right - self->bounds.x;
    }
}

static void
place_title (TnFigure *self)
{
  double width
      = TITLE_SCALE * tn_text_estimate (tn_graph_name (self->graph), self->style->name_size);

  self->bounds.y -= TITLE_ROOM;
  self->bounds.height += TITLE_ROOM;
  if (width > self->bounds.width)
    {
      self->bounds.x -= (width - self->bounds.width) / 2;
      self->bounds.width = width;
    }
}

TnFigure *
tn_figure_new (const TnGraph *graph, const TnFacts *facts, const TnFigureOptions *options)
{
  TnFigure *self;

  g_return_val_if_fail (graph != NULL && options != NULL, NULL);
  self = g_new0 (TnFigure, 1);
  self->references = 1;
  self->graph = chosen_graph (graph, options->only);
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  self->style = tn_style_get (options->theme);
  self->parts = options->parts;
  if (options->style == TN_FIGURE_VOLUMES)
    {
      /* What does not count is no part of the network that is drawn. */
      self->volumes = tn_volumes_new (tn_graph_active (self->graph), facts, self->style,
                                      options->direction, options->parts);
      self->drawing = self->volumes->bounds;
      self->texts = tn_text_cache_new (self->style);
    }
  else
    {
      TnSceneOptions scene = { .theme = options->theme,
                               .direction = options->direction,
                               .chosen = TRUE,
                               .parts = options->parts,
                               .wires = options->wires,
                               .heat = options->heat,
                               .times = options->times };

      self->scene = tn_scene_new (self->graph, facts, &scene);
      self->drawing = tn_scene_bounds (self->scene);
      self->texts = tn_text_cache_ref (self->scene->texts);
    }
  self->bounds = self->drawing;
  if (self->scene != NULL)
    place_heat (self);
  if ((self->parts & TN_PART_LEGEND) != 0)
    place_legend (self);
  if ((self->parts & TN_PART_TITLE) != 0)
    place_title (self);
  return self;
}

TnFigure *
tn_figure_ref (TnFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);
  figure->references++;
  return figure;
}

void
tn_figure_unref (TnFigure *figure)
{
  if (figure == NULL || --figure->references > 0)
    return;
  tn_scene_unref (figure->scene);
  tn_volumes_free (figure->volumes);
  tn_text_cache_unref (figure->texts);
  tn_graph_unref (figure->graph);
  if (figure->facts != NULL)
    tn_facts_unref (figure->facts);
  g_free (figure);
}

const TnGraph *
tn_figure_graph (const TnFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);
  return figure->graph;
}

const TnStyle *
tn_figure_style (const TnFigure *figure)
{
  g_return_val_if_fail (figure != NULL, NULL);
  return figure->style;
}

TnRect
tn_figure_bounds (const TnFigure *figure)
{
  TnRect bounds;

  g_return_val_if_fail (figure != NULL, (TnRect){ 0 });
  bounds = figure->bounds;
  /* Whole units, so that what is sharp on the screen is sharp here. */
  bounds.width = MAX (ceil (bounds.x + bounds.width) - floor (bounds.x), 1);
  bounds.height = MAX (ceil (bounds.y + bounds.height) - floor (bounds.y), 1);
  bounds.x = floor (bounds.x);
  bounds.y = floor (bounds.y);
  return bounds;
}

/* ---- drawing ---- */

static void
draw_legend (const TnFigure *self, const TnPaint *paint)
{
  for (guint i = 0; i < self->n_legend; i++)
    {
      const Entry *entry = &self->legend[i];
      double strength = self->volumes != NULL ? 0.52 : 1;

      cairo_rectangle (paint->cr, entry->x + 0.5, entry->y + 0.5, SWATCH - 1, SWATCH - 1);
      tn_hatch_family (paint->cr, self->style, entry->family, strength);
      cairo_rectangle (paint->cr, entry->x + 0.5, entry->y + 0.5, SWATCH - 1, SWATCH - 1);
      tn_color_set (paint->cr, self->style->box_border, 1);
      cairo_set_line_width (paint->cr, 0.8);
      cairo_stroke (paint->cr);
      tn_paint_text (paint, TN_TEXT_BRIEF, tn_family_label (entry->family),
                     entry->x + SWATCH + SWATCH_GAP, entry->y + SWATCH - 2.5, entry->width + 8, 0,
                     self->style->text, 1);
    }
}

static void
draw_title (const TnFigure *self, const TnPaint *paint)
{
  double room = 4000;
  PangoRectangle extents;
  PangoLayout *layout
      = tn_text_cache_get (self->texts, TN_TEXT_NAME, tn_graph_name (self->graph), room);

  pango_layout_get_extents (layout, NULL, &extents);
  cairo_save (paint->cr);
  cairo_translate (paint->cr, self->bounds.x + self->bounds.width / 2, self->bounds.y + 18);
  cairo_scale (paint->cr, TITLE_SCALE, TITLE_SCALE);
  tn_paint_text (paint, TN_TEXT_NAME, tn_graph_name (self->graph),
                 -(double)extents.width / PANGO_SCALE / 2, 0, room, 0, self->style->text, 1);
  cairo_restore (paint->cr);
}

void
tn_figure_draw (const TnFigure *figure, cairo_t *cr, TnRect visible)
{
  TnPaint paint;

  g_return_if_fail (figure != NULL && cr != NULL);
  paint = (TnPaint){ .cr = cr, .style = figure->style, .texts = figure->texts };
  if (figure->scene != NULL)
    {
      tn_painter_draw (figure->scene, cr, visible, 0);
      tn_painter_heat_legend (figure->scene, cr, figure->drawing.x, figure->heat_y);
    }
  else
    tn_volumes_draw (figure->volumes, &paint);
  if ((figure->parts & TN_PART_LEGEND) != 0)
    draw_legend (figure, &paint);
  if ((figure->parts & TN_PART_TITLE) != 0)
    draw_title (figure, &paint);
}
