/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small drawing of a model, by the painter that draws everything; made when it is first seen. */
#include "app/tn-thumbnail.h"

#include "app/tn-look.h"
#include "scene/tn-scene.h"

/* Larger ones would be a thin line, and would take their time. */
#define MOST_LAYERS 60
#define MARGIN      12
#define HEIGHT      56

typedef struct
{
  TnGraph *graph;
  TnFacts *facts;
  TnScene *scene; /* NULL: not seen yet, or in other colours */
} Drawing;

static void
drawing_free (gpointer data)
{
  Drawing *drawing = data;

  g_clear_pointer (&drawing->scene, tn_scene_unref);
  g_clear_pointer (&drawing->facts, tn_facts_unref);
  tn_graph_unref (drawing->graph);
  g_free (drawing);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Drawing *drawing = data;

  if (drawing->facts == NULL)
    drawing->facts = tn_infer (drawing->graph, NULL, NULL);
  if (drawing->scene == NULL)
    {
      TnSceneOptions options = { .theme = tn_look_theme (), .direction = TN_DIRECTION_RIGHT };

      drawing->scene = tn_scene_new (drawing->graph, drawing->facts, &options);
    }
  TnRect bounds = tn_scene_bounds (drawing->scene);
  TnRect page = { bounds.x - MARGIN, bounds.y - MARGIN, bounds.width + 2 * MARGIN,
                  bounds.height + 2 * MARGIN };
  double zoom = MIN (1, MIN (width / page.width, height / page.height));

  cairo_translate (cr, (width - page.width * zoom) / 2, (height - page.height * zoom) / 2);
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -page.x, -page.y);
  tn_painter_draw (drawing->scene, cr, page, zoom);
}

static void
theme_cb (GtkWidget *area)
{
  Drawing *drawing = g_object_get_data (G_OBJECT (area), "tn-drawing");

  g_clear_pointer (&drawing->scene, tn_scene_unref);
  gtk_widget_queue_draw (area);
}

GtkWidget *
tn_thumbnail_new (const TnGraph *graph)
{
  g_return_val_if_fail (graph != NULL, NULL);

  if (tn_graph_size (graph) == 0 || tn_graph_size (graph) > MOST_LAYERS)
    return NULL;

  GtkWidget *area = gtk_drawing_area_new ();
  Drawing *drawing = g_new0 (Drawing, 1);
  drawing->graph = tn_graph_ref (graph);
  g_object_set_data_full (G_OBJECT (area), "tn-drawing", drawing, drawing_free);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, drawing, NULL);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), HEIGHT);
  gtk_widget_set_can_target (area, FALSE);
  tn_look_watch_theme (area, G_CALLBACK (theme_cb));
  return area;
}
