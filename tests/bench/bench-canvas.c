/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a frame of the canvas costs: while the view is panned and zoomed and while a layer is
 * dragged, through the tile cache, against drawing the whole of the same scene each time. And how
 * long it takes from a file to the first frame.
 *
 * Prints one JSON object: milliseconds of this thread's time. Needs a display for GTK to start. */
#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <stdlib.h>
#include <time.h>

#include "app/tn-tile-cache.h"
#include "bench-models.h"
#include "formats/tn-format.h"
#include "infer/tn-facts.h"

#define FRAMES 90
#define NAIVE  8 /* frames drawn plainly */
#define WIDTH  1366
#define HEIGHT 768
#define BUDGET 6000

typedef struct
{
  TnGraph *graph;
  TnFacts *facts;
  TnScene *scene;
  TnTileCache *tiles;
  TnViewport view;
  cairo_surface_t *screen;
  double following; /* milliseconds of the frames so far that went into graphs and scenes */
} Bench;

static double
milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

/* What GTK's software renderer does with the nodes of a frame. */
static void
show (Bench *bench, GtkSnapshot *snapshot)
{
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  cairo_t *cr = cairo_create (bench->screen);

  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  cairo_surface_flush (bench->screen);
}

static void
frame (Bench *bench, gboolean zooming)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  tn_tile_cache_snapshot (bench->tiles, snapshot, &bench->view, zooming, BUDGET);
  show (bench, snapshot);
}

/* Nothing is culled, nothing is kept from the frame before: not the letters either. */
static double
naive_frame (Bench *bench)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (TnScene) scene = tn_scene_new (bench->graph, bench->facts, &options);
  double start = milliseconds ();
  cairo_t *cr = cairo_create (bench->screen);

  cairo_translate (cr, bench->view.x, bench->view.y);
  cairo_scale (cr, bench->view.zoom, bench->view.zoom);
  tn_painter_background (tn_scene_style (scene), cr, tn_viewport_visible (&bench->view),
                         bench->view.zoom, TRUE);
  tn_painter_draw (scene, cr, tn_scene_bounds (scene), 0);
  cairo_destroy (cr);
  cairo_surface_flush (bench->screen);
  return milliseconds () - start;
}

static void
pan (Bench *bench, guint number)
{
  tn_viewport_pan (&bench->view, number % 60 < 30 ? 3 : -3, number % 60 < 30 ? -36 : 36);
  frame (bench, FALSE);
}

static void
zoom (Bench *bench, guint number)
{
  tn_viewport_zoom_at (&bench->view, number % 60 < 30 ? 0.97 : 1 / 0.97, WIDTH / 2.0, HEIGHT / 2.0);
  frame (bench, TRUE);
}

/* A layer in the middle follows the pointer: each frame has another graph and another scene. */
static void
drag (Bench *bench, guint number)
{
  const TnNode *node = tn_graph_node (bench->graph, tn_graph_size (bench->graph) / 2);
  g_autoptr (TnDraft) draft = tn_draft_new (bench->graph);
  g_autoptr (GArray) changes = NULL;
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  double start = milliseconds ();
  TnGraph *graph;

  tn_draft_move (draft, tn_node_id (node), tn_node_x (node) + (number % 30 < 15 ? 8 : -8),
                 tn_node_y (node));
  graph = tn_draft_finish (draft);
  tn_tile_cache_set_scene (bench->tiles, NULL, tn_style_get (TN_THEME_LIGHT));
  bench->scene = tn_scene_follow (bench->scene, graph, bench->facts, &options, &changes);
  tn_tile_cache_set_scene (bench->tiles, bench->scene, tn_style_get (TN_THEME_LIGHT));
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    tn_tile_cache_damage (bench->tiles, g_array_index (changes, TnRect, i));
  tn_graph_unref (bench->graph);
  bench->graph = graph;
  bench->following += milliseconds () - start;
  frame (bench, FALSE);
}

/* Median and the slowest of twenty. */
static void
measure (Bench *bench, GString *out, const char *name, void (*step) (Bench *bench, guint number))
{
  double times[FRAMES];

  for (guint i = 0; i < FRAMES; i++)
    {
      double start = milliseconds ();

      step (bench, i);
      times[i] = milliseconds () - start;
    }
  qsort (times, FRAMES, sizeof *times, compare_doubles);
  g_string_append_printf (out, ", \"%s_ms\": %.2f, \"%s_slow_ms\": %.2f", name, times[FRAMES / 2],
                          name, times[FRAMES * 19 / 20]);
  if (step == pan)
    {
      double naive[NAIVE];

      for (guint i = 0; i < NAIVE; i++)
        naive[i] = naive_frame (bench);
      qsort (naive, NAIVE, sizeof *naive, compare_doubles);
      g_string_append_printf (out, ", \"naive_ms\": %.2f, \"pan_ratio\": %.1f", naive[NAIVE / 2],
                              naive[NAIVE / 2] / times[FRAMES / 2]);
    }
}

static void
look_at_middle (Bench *bench, double at_zoom)
{
  TnRect bounds = tn_scene_bounds (bench->scene);

  tn_viewport_init (&bench->view);
  tn_viewport_resize (&bench->view, WIDTH, HEIGHT, 1);
  bench->view.zoom = at_zoom;
  bench->view.x = WIDTH / 2.0 - (bounds.x + bounds.width / 2) * at_zoom;
  bench->view.y = HEIGHT / 2.0 - (bounds.y + bounds.height / 2) * at_zoom;
}

/* From the file on the disk to the first frame, as the window does it: without what is inferred
 * first, and then again with it. */
static void
open_file (Bench *bench, const char *path, GString *out)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) read = NULL;
  double start = milliseconds (), first;

  read = tn_format_read (path, NULL, &error);
  g_assert_no_error (error);
  bench->graph = tn_layout (read, FALSE);
  bench->scene = tn_scene_new (bench->graph, NULL, &options);
  bench->tiles = tn_tile_cache_new ();
  tn_tile_cache_set_scene (bench->tiles, bench->scene, tn_style_get (TN_THEME_LIGHT));
  look_at_middle (bench, 1);
  frame (bench, FALSE);
  first = milliseconds () - start;
  bench->facts = tn_infer (bench->graph, NULL, NULL);
  tn_scene_unref (bench->scene);
  bench->scene = tn_scene_new (bench->graph, bench->facts, &options);
  tn_tile_cache_set_scene (bench->tiles, bench->scene, tn_style_get (TN_THEME_LIGHT));
  tn_tile_cache_damage_all (bench->tiles);
  frame (bench, FALSE);
  g_string_append_printf (out, ", \"first_frame_ms\": %.1f, \"with_shapes_ms\": %.1f", first,
                          milliseconds () - start);
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 100, 1000, 10000 };
  g_autoptr (GString) out = g_string_new ("{\"models\": [");
  g_autofree char *folder = NULL;

  if (!gtk_init_check ())
    {
      g_printerr ("bench-canvas needs a display.\n");
      return 77;
    }
  folder = g_dir_make_tmp ("bench-canvas-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Bench bench = { .screen = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT) };
      g_autofree char *path = g_build_filename (folder, "model.json", NULL);
      g_autoptr (TnGraph) model = make_graph (build_ladder, sizes[i]);
      g_autoptr (GBytes) bytes = tn_format_write_keras (model);

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                          (gssize)g_bytes_get_size (bytes), NULL));
      g_string_append_printf (out, "%s\n  {\"layers\": %u", i > 0 ? "," : "",
                              tn_graph_size (model));
      open_file (&bench, path, out);
      measure (&bench, out, "pan", pan);
      measure (&bench, out, "zoom", zoom);
      look_at_middle (&bench, 1);
      measure (&bench, out, "drag", drag);
      g_string_append_printf (out, ", \"drag_scene_ms\": %.2f", bench.following / FRAMES);
      g_string_append_c (out, '}');
      g_remove (path);
      tn_tile_cache_free (bench.tiles);
      tn_scene_unref (bench.scene);
      tn_graph_unref (bench.graph);
      tn_facts_unref (bench.facts);
      cairo_surface_destroy (bench.screen);
    }
  g_rmdir (folder);
  g_print ("%s\n]}\n", out->str);
  return 0;
}
