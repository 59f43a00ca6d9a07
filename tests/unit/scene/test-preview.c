/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Previews: what would be different is marked, nothing else is, and no mark hides a true text. */
#include "infer/tn-advice.h"
#include "scene-models.h"
#include "scene/tn-preview-private.h"

typedef struct
{
  TnGraph *graph;
  TnFacts *facts;
  TnScene *scene;
} Model;

static void
model_open (Model *model, const char *text)
{
  g_autoptr (TnGraph) loose = model_new (text);
  TnSceneOptions options = { .theme = TN_THEME_LIGHT };

  model->graph = tn_layout (loose, TRUE);
  model->facts = tn_infer (model->graph, NULL, NULL);
  model->scene = tn_scene_new (model->graph, model->facts, &options);
}

static void
model_close (Model *model)
{
  tn_scene_unref (model->scene);
  tn_facts_unref (model->facts);
  tn_graph_unref (model->graph);
}

static gboolean
overlap (TnRect a, TnRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/* Draws it as well: every kind of mark must be drawable. */
static GArray *
preview (const Model *model, const TnGraph *graph)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, model->facts, NULL);
  TnRect bounds = tn_rect_grown (tn_scene_bounds (model->scene), 300);
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)bounds.width, (int)bounds.height);
  cairo_t *cr = cairo_create (surface);
  const char *path = g_getenv ("TENON_PREVIEW_PICTURES");
  static guint number;

  cairo_translate (cr, -bounds.x, -bounds.y);
  tn_painter_background (tn_scene_style (model->scene), cr, bounds, 1, FALSE);
  tn_painter_draw (model->scene, cr, bounds, 1);
  tn_scene_draw_preview (model->scene, graph, facts, cr, bounds, FALSE);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  g_assert_false (cairo_has_current_point (cr));
  if (path != NULL)
    {
      g_autofree char *file = g_strdup_printf ("%s/%u.png", path, number++);

      cairo_surface_write_to_png (surface, file);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return tn_preview_find (model->scene, graph, facts, bounds, FALSE);
}

static guint
count (const GArray *marks, TnMarkKind kind)
{
  guint n = 0;

  for (guint i = 0; i < marks->len; i++)
    n += g_array_index (marks, TnMark, i).kind == kind;
  return n;
}

static const TnMark *
find_text (const GArray *marks, TnMarkKind kind, const char *text)
{
  for (guint i = 0; i < marks->len; i++)
    {
      const TnMark *mark = &g_array_index (marks, TnMark, i);

      if (mark->kind == kind && g_strcmp0 (mark->text, text) == 0)
        return mark;
    }
  return NULL;
}

/* Where a label has no room beside it, all of it is covered. */
static gboolean
covers_label (const TnScene *scene, TnRect rect)
{
  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnRect label = scene->wires[i].label;

      if (scene->wires[i].text != NULL && rect.x <= label.x && rect.y <= label.y
          && rect.x + rect.width >= label.x + label.width
          && rect.y + rect.height >= label.y + label.height)
        return TRUE;
    }
  return FALSE;
}

/* No text lies over another one or over a box. */
static void
check_free (const Model *model, const GArray *marks)
{
  const TnScene *scene = model->scene;

  for (guint i = 0; i < marks->len; i++)
    {
      const TnMark *mark = &g_array_index (marks, TnMark, i);

      if (mark->text == NULL || covers_label (scene, mark->rect))
        continue;
      for (guint j = 0; j < scene->n_nodes; j++)
        g_assert_false (!scene->nodes[j].hidden && overlap (mark->rect, scene->nodes[j].box));
      for (guint j = 0; j < scene->n_wires; j++)
        g_assert_false (scene->wires[j].text != NULL
                        && overlap (mark->rect, scene->wires[j].label));
      for (guint j = 0; j < i; j++)
        {
          const TnMark *other = &g_array_index (marks, TnMark, j);

          g_assert_false (other->text != NULL && overlap (mark->rect, other->rect));
        }
    }
}

#define CHAIN                                                                                      \
  "in:InputLayer(batch_shape=(None, 28, 28, 1)) / conv:Conv2D(filters=8; kernel_size=3) / "        \
  "pool:MaxPooling2D / flat:Flatten / out:Dense(units=10)"

static void
test_same (void)
{
  Model model;
  g_autoptr (GArray) marks = NULL;

  model_open (&model, MODEL_RICH);
  marks = preview (&model, model.graph);
  g_assert_cmpuint (marks->len, ==, 0);
  model_close (&model);
}

static void
test_param (void)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GArray) marks = NULL;
  Model model;

  model_open (&model, CHAIN);
  draft = tn_draft_new (model.graph);
  g_assert_true (tn_draft_set_text (draft, model_id (model.graph, "conv"), "filters", "16", NULL));
  graph = tn_draft_finish (draft);
  marks = preview (&model, graph);
  check_free (&model, marks);
  g_assert_nonnull (find_text (marks, TN_MARK_TAG, "filters: 8 → 16"));
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "(None, 26, 26, 16)"));
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "(None, 13, 13, 16)"));
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "(None, 2704)"));
  g_assert_cmpuint (count (marks, TN_MARK_LABEL), ==, 3);
  g_assert_cmpuint (count (marks, TN_MARK_OLD_LABEL), ==, 3);
  g_assert_cmpuint (marks->len, ==, 7);
  model_close (&model);
}

/* A size that goes below nothing: what refuses it is red, and says so. */
static void
test_wrong (void)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GArray) marks = NULL;
  const TnMark *ring = NULL;
  Model model;

  model_open (&model, CHAIN);
  draft = tn_draft_new (model.graph);
  g_assert_true (tn_draft_set_text (draft, model_id (model.graph, "in"), "batch_shape",
                                    "(None, 2, 2, 1)", NULL));
  graph = tn_draft_finish (draft);
  marks = preview (&model, graph);
  check_free (&model, marks);
  for (guint i = 0; i < marks->len; i++)
    if (g_array_index (marks, TnMark, i).kind == TN_MARK_RING)
      ring = &g_array_index (marks, TnMark, i);
  g_assert_nonnull (ring);
  g_assert_cmpint (ring->mood, ==, TN_MOOD_WRONG);
  g_assert_cmpint (find_text (marks, TN_MARK_LABEL, "(None, 2, 2, 1)")->mood, ==, TN_MOOD_WRONG);
  model_close (&model);
}

static void
test_added (void)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GArray) marks = NULL;
  Model model;

  model_open (&model, CHAIN);
  draft = tn_draft_new (model.graph);
  g_assert_cmpuint (tn_draft_insert (draft, &tn_layer_find ("UpSampling2D")->schema,
                                     model_id (model.graph, "flat"), 0, 0, NULL),
                    !=, TN_NODE_NONE);
  graph = tn_draft_finish (draft);
  marks = preview (&model, graph);
  check_free (&model, marks);
  g_assert_nonnull (find_text (marks, TN_MARK_BOX, "up_sampling2d"));
  g_assert_cmpuint (count (marks, TN_MARK_WIRE), ==, 2);
  g_assert_cmpuint (count (marks, TN_MARK_NO_WIRE), ==, 1);
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "(None, 26, 26, 8)"));
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "(None, 5408)"));
  model_close (&model);
}

static void
test_removed (void)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GArray) marks = NULL;
  Model model;

  model_open (&model, CHAIN);
  draft = tn_draft_new (model.graph);
  tn_draft_remove (draft, model_id (model.graph, "pool"));
  graph = tn_draft_finish (draft);
  marks = preview (&model, graph);
  check_free (&model, marks);
  g_assert_cmpuint (count (marks, TN_MARK_NO_BOX), ==, 1);
  g_assert_cmpuint (count (marks, TN_MARK_NO_WIRE), ==, 2);
  g_assert_nonnull (find_text (marks, TN_MARK_LABEL, "?"));
  model_close (&model);
}

/* Two wires that change places are two that go and two that come; in a sum nothing has changed. */
static void
test_swapped (void)
{
  static const struct
  {
    const char *type;
    guint n_wires;
  } cases[] = { { "Subtract", 2 }, { "Add", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "a:InputLayer(batch_shape=(None, 4)) / b:InputLayer(batch_shape=(None, 4))< / "
          "c:%s<a,b",
          cases[i].type);
      g_autoptr (TnDraft) draft = NULL;
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (GArray) marks = NULL;
      TnNodeId to;
      Model model;

      model_open (&model, text);
      to = model_id (model.graph, "c");
      draft = tn_draft_new (model.graph);
      g_assert_true (
          tn_draft_connect (draft, (TnRef){ model_id (model.graph, "b"), 0, 0 }, to, 0, 0, NULL));
      g_assert_true (
          tn_draft_connect (draft, (TnRef){ model_id (model.graph, "a"), 0, 0 }, to, 0, 1, NULL));
      graph = tn_draft_finish (draft);
      marks = preview (&model, graph);
      g_assert_cmpuint (count (marks, TN_MARK_WIRE), ==, cases[i].n_wires);
      g_assert_cmpuint (count (marks, TN_MARK_NO_WIRE), ==, cases[i].n_wires);
      model_close (&model);
    }
}

/* Whatever a repair does, it can be shown, and what it mends is marked so. */
static void
test_fixes (void)
{
  g_autoptr (TnAdvice) advice = NULL;
  guint n_fixes = 0;
  Model model;

  model_open (&model, MODEL_RICH);
  advice = tn_advise (model.facts, NULL);
  for (guint i = 0; i < tn_facts_n_issues (model.facts); i++)
    for (guint j = 0; j < tn_advice_n_fixes (advice, i); j++)
      {
        g_autoptr (GArray) marks = preview (&model, tn_advice_fix (advice, i, j)->graph);
        gboolean mended = FALSE;

        for (guint k = 0; k < marks->len; k++)
          mended = mended
                   || (g_array_index (marks, TnMark, k).kind == TN_MARK_RING
                       && g_array_index (marks, TnMark, k).mood != TN_MOOD_WRONG);
        g_assert_true (mended);
        check_free (&model, marks);
        n_fixes++;
      }
  g_assert_cmpuint (n_fixes, >, 0);
  model_close (&model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/preview/same", test_same);
  g_test_add_func ("/scene/preview/param", test_param);
  g_test_add_func ("/scene/preview/wrong", test_wrong);
  g_test_add_func ("/scene/preview/added", test_added);
  g_test_add_func ("/scene/preview/removed", test_removed);
  g_test_add_func ("/scene/preview/swapped", test_swapped);
  g_test_add_func ("/scene/preview/fixes", test_fixes);
  return g_test_run ();
}
