/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What layout, display list and painter cost by layers, against plain ways to do the same.
 *
 * Prints one JSON object: microseconds of this thread's time, medians of some runs. */
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "bench-models.h"
#include "infer/tn-facts.h"
#include "scene/tn-scene.h"

#define ROUNDS     5
#define WIDTH      1366
#define HEIGHT     768
#define NAIVE_MOST 1000 /* layers: beyond, the plain layout takes minutes */

static double
microseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

static double
median (double *times)
{
  qsort (times, ROUNDS, sizeof *times, compare_doubles);
  return times[ROUNDS / 2];
}

/* ---- the plain layout: what one writes first ---- */

typedef struct
{
  guint from, to;
} Edge;

typedef struct
{
  guint n;
  GArray *edges; /* of Edge */
  guint *layer;
  double *order;
} Plain;

/* All pairs of edges. */
static guint64
plain_crossings (const Plain *plain)
{
  const Edge *edges = (const Edge *)(gpointer)plain->edges->data;
  guint64 count = 0;

  for (guint i = 0; i < plain->edges->len; i++)
    for (guint j = 0; j < i; j++)
      count += plain->layer[edges[i].from] == plain->layer[edges[j].from]
               && plain->layer[edges[i].to] == plain->layer[edges[j].to]
               && (plain->order[edges[i].from] - plain->order[edges[j].from])
                          * (plain->order[edges[i].to] - plain->order[edges[j].to])
                      < 0;
  return count;
}

/* Layers by going over all edges until nothing changes; then the same number of rounds of means of
 * neighbours, each looked for among all edges, and each followed by a count of all pairs. */
static guint64
plain_layout (const TnGraph *graph)
{
  guint n = tn_graph_size (graph);
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  g_autofree guint *layer = g_new0 (guint, n);
  g_autofree double *order = g_new0 (double, n);
  g_autofree guint *width = g_new0 (guint, n);
  Plain plain = { n, edges, layer, order };
  gboolean changed = TRUE;
  guint64 fewest = G_MAXUINT64;

  for (guint i = 0; i < n; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        {
          Edge edge = { (guint)tn_graph_index (graph, tn_node_input (node, 0, slot).node), i };

          g_array_append_val (edges, edge);
        }
    }
  while (changed)
    {
      changed = FALSE;
      for (guint i = edges->len; i-- > 0;)
        {
          Edge edge = g_array_index (edges, Edge, i);

          if (layer[edge.to] <= layer[edge.from])
            {
              layer[edge.to] = layer[edge.from] + 1;
              changed = TRUE;
            }
        }
    }
  for (guint i = 0; i < n; i++)
    order[i] = width[layer[i]]++;
  for (guint round = 0; round < 6; round++)
    {
      for (guint i = 0; i < n; i++)
        {
          double sum = 0;
          guint count = 0;

          for (guint j = 0; j < edges->len; j++)
            {
              Edge edge = g_array_index (edges, Edge, j);

              if ((round % 2 ? edge.from : edge.to) != i)
                continue;
              sum += order[round % 2 ? edge.to : edge.from];
              count++;
            }
          if (count > 0)
            order[i] = sum / count + i * 1e-9;
        }
      fewest = MIN (fewest, plain_crossings (&plain));
    }
  return fewest;
}

/* ---- measuring ---- */

static double
time_layout (const TnGraph *graph)
{
  double times[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      double start = microseconds ();
      g_autoptr (TnGraph) arranged = tn_layout (graph, TRUE);

      times[i] = microseconds () - start;
    }
  return median (times);
}

static double
time_plain_layout (const TnGraph *graph)
{
  double start = microseconds ();
  guint64 crossings = plain_layout (graph);

  g_assert_cmpuint (crossings, <, G_MAXUINT64);
  return microseconds () - start;
}

static double
time_scene (const TnGraph *graph, const TnFacts *facts)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  double times[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      double start = microseconds ();
      g_autoptr (TnScene) scene = tn_scene_new (graph, facts, &options);

      times[i] = microseconds () - start;
    }
  return median (times);
}

/* One picture of a window full, at @zoom, around the middle. @naive: all of the scene is drawn, and
 * nothing is remembered from before. */
static double
time_paint (const TnGraph *graph, const TnFacts *facts, double zoom, gboolean naive)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  g_autoptr (TnScene) kept = tn_scene_new (graph, facts, &options);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  double times[ROUNDS];

  for (int i = -1; i < ROUNDS; i++)
    {
      g_autoptr (TnScene) fresh = naive ? tn_scene_new (graph, facts, &options) : NULL;
      const TnScene *scene = naive ? fresh : kept;
      TnRect bounds = tn_scene_bounds (scene);
      TnRect visible
          = { bounds.x + bounds.width / 2 - WIDTH / zoom / 2,
              bounds.y + bounds.height / 2 - HEIGHT / zoom / 2, WIDTH / zoom, HEIGHT / zoom };
      double start = microseconds ();
      cairo_t *cr = cairo_create (surface);

      cairo_scale (cr, zoom, zoom);
      cairo_translate (cr, -visible.x, -visible.y);
      tn_painter_background (tn_scene_style (scene), cr, visible, zoom, TRUE);
      tn_painter_draw (scene, cr, naive ? bounds : visible, naive ? 0 : zoom);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      /* The first one is for the caches. */
      if (i >= 0)
        times[i] = microseconds () - start;
    }
  cairo_surface_destroy (surface);
  return median (times);
}

/* Bytes that the graph, its facts and its scene take a layer. */
static double
memory_per_layer (guint n_layers)
{
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };
  gsize before = mallinfo2 ().uordblks;
  g_autoptr (TnGraph) model = make_graph (build_ladder, n_layers);
  g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (TnScene) scene = tn_scene_new (graph, facts, &options);

  return (double)(mallinfo2 ().uordblks - before) / tn_graph_size (graph);
}

int
main (void)
{
  static const guint sizes[] = { 100, 300, 1000, 3000, 10000 };
  double layouts[G_N_ELEMENTS (sizes)];
  g_autoptr (GString) out = g_string_new ("{\"models\": [");

  for (guint family = 0; family < G_N_ELEMENTS (bench_families); family++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (TnGraph) model = make_graph (bench_families[family].build, sizes[i]);
        g_autoptr (TnGraph) graph = tn_layout (model, TRUE);
        g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
        double near = time_paint (graph, facts, 1, FALSE);
        double far = time_paint (graph, facts, 0.1, FALSE);

        if (family == 1)
          layouts[i] = time_layout (model);
        g_string_append_printf (
            out,
            "%s\n  {\"family\": \"%s\", \"layers\": %u, \"layout_us\": %.0f, \"scene_us\": %.0f, "
            "\"paint_us\": %.0f, \"paint_far_us\": %.0f",
            family + i > 0 ? "," : "", bench_families[family].name, tn_graph_size (graph),
            family == 1 ? layouts[i] : time_layout (model), time_scene (graph, facts), near, far);
        if (sizes[i] <= NAIVE_MOST)
          {
            double plain = time_plain_layout (model);
            double naive = time_paint (graph, facts, 1, TRUE);

            g_string_append_printf (out,
                                    ", \"layout_naive_us\": %.0f, \"layout_ratio\": %.1f, "
                                    "\"paint_naive_us\": %.0f, \"paint_ratio\": %.1f",
                                    plain, plain / time_layout (model), naive, naive / near);
          }
        g_string_append_c (out, '}');
      }
  g_string_append_printf (out, "\n], \"layout_exponent\": %.2f, \"bytes_per_layer\": %.0f}\n",
                          log (layouts[G_N_ELEMENTS (sizes) - 1] / layouts[2])
                              / log (sizes[4] / (double)sizes[2]),
                          memory_per_layer (10000));
  g_print ("%s", out->str);
  return 0;
}
