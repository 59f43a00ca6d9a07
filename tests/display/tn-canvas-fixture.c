/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A canvas in a window of its own, showing a small model: for the display tests of the canvas. */
#include "tn-canvas-fixture.h"

#define WIDTH  900
#define HEIGHT 700

TnGraph *
tn_fixture_graph (const char *text)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "|", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_strstrip (lines[i]), " ", -1);
      const TnLayer *layer;
      TnNodeId id;

      if (g_strv_length (words) < 4)
        continue;
      layer = tn_layer_find (words[1]);
      g_assert_nonnull (layer);
      id = tn_draft_add (draft, &layer->schema, words[0], TRUE, NULL);
      g_assert_cmpuint (id, !=, TN_NODE_NONE);
      tn_draft_move (draft, id, g_ascii_strtod (words[2], NULL), g_ascii_strtod (words[3], NULL));
      for (guint j = 4; words[j] != NULL; j++)
        {
          const TnNode *source = tn_draft_find_name (draft, words[j]);

          g_assert_nonnull (source);
          g_assert_true (tn_draft_connect (draft, (TnRef){ .node = tn_node_id (source) }, id, 0,
                                           G_MAXUINT, NULL));
        }
    }
  return tn_draft_finish (draft);
}

static void
refused_cb (TnCanvas *canvas, const char *reason, TnFixture *fixture)
{
  g_free (fixture->refused);
  fixture->refused = g_strdup (reason);
}

static void
activate_cb (TnCanvas *canvas, guint node, TnFixture *fixture)
{
  fixture->activated = node;
}

static void
problem_cb (TnCanvas *canvas, guint node, TnFixture *fixture)
{
  fixture->problem = node;
}

static void
add_requested_cb (TnCanvas *canvas, const TnAddRequest *request, TnFixture *fixture)
{
  fixture->n_add_requested++;
  fixture->add_x = request->x;
  fixture->add_y = request->y;
}

TnFixture *
tn_fixture_new (const char *text)
{
  TnFixture *fixture = g_new0 (TnFixture, 1);
  g_autoptr (TnGraph) graph = tn_fixture_graph (text);

  fixture->document = tn_document_new_from_graph (graph, "Test");
  fixture->engine = tn_engine_new (fixture->document);
  fixture->widget = tn_canvas_new ();
  fixture->canvas = TN_CANVAS (fixture->widget);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, WIDTH, HEIGHT);
  gtk_window_set_child (fixture->window, fixture->widget);
  g_signal_connect (fixture->canvas, "refused", G_CALLBACK (refused_cb), fixture);
  g_signal_connect (fixture->canvas, "activate-node", G_CALLBACK (activate_cb), fixture);
  g_signal_connect (fixture->canvas, "problem-activated", G_CALLBACK (problem_cb), fixture);
  g_signal_connect (fixture->canvas, "add-requested", G_CALLBACK (add_requested_cb), fixture);
  tn_canvas_set_document (fixture->canvas, fixture->document, fixture->engine);
  tn_engine_settle (fixture->engine);
  tn_display_show (fixture->window);
  gtk_widget_grab_focus (fixture->widget);
  tn_display_settle (fixture->widget);
  return fixture;
}

static gboolean
is_gone (gpointer document)
{
  return *(TnDocument **)document == NULL;
}

void
tn_fixture_free (TnFixture *fixture)
{
  /* What still works in the background holds the document. */
  tn_engine_settle (fixture->engine);
  gtk_window_destroy (fixture->window);
  g_object_unref (fixture->engine);
  g_object_add_weak_pointer (G_OBJECT (fixture->document), (gpointer *)&fixture->document);
  g_object_unref (fixture->document);
  /* A menu that closes is still held by the main loop, and holds its canvas. */
  g_assert_true (tn_display_wait (is_gone, &fixture->document));
  g_free (fixture->refused);
  g_free (fixture);
}

const TnNode *
tn_fixture_node (TnFixture *fixture, const char *name)
{
  const TnNode *node = tn_graph_find_name (tn_document_graph (fixture->document), name);

  if (node == NULL)
    g_error ("There is no layer %s", name);
  return node;
}

TnNodeId
tn_fixture_id (TnFixture *fixture, const char *name)
{
  return tn_node_id (tn_fixture_node (fixture, name));
}

const char *
tn_fixture_source (TnFixture *fixture, const char *name, guint slot)
{
  const TnNode *node = tn_fixture_node (fixture, name);
  TnRef ref;

  if (slot >= tn_node_n_inputs (node, 0))
    return NULL;
  ref = tn_node_input (node, 0, slot);
  if (ref.node == TN_NODE_NONE)
    return NULL;
  return tn_node_name (tn_graph_find (tn_document_graph (fixture->document), ref.node));
}

char *
tn_fixture_selection (TnFixture *fixture)
{
  const GArray *selection = tn_document_selection (fixture->document);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < selection->len; i++)
    {
      const TnNode *node = tn_graph_find (tn_document_graph (fixture->document),
                                          g_array_index (selection, TnNodeId, i));

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", tn_node_name (node));
    }
  return g_string_free (text, FALSE);
}

void
tn_fixture_box (TnFixture *fixture, const char *name, double *x, double *y)
{
  TnRect box;

  g_assert_true (
      tn_scene_node_box (tn_canvas_scene (fixture->canvas), tn_fixture_id (fixture, name), &box));
  tn_canvas_to_widget (fixture->canvas, box.x + box.width / 2, box.y + box.height / 2, x, y);
}

void
tn_fixture_output (TnFixture *fixture, const char *name, double *x, double *y)
{
  TnRef ref = { .node = tn_fixture_id (fixture, name) };

  g_assert_true (tn_scene_output_port (tn_canvas_scene (fixture->canvas), ref, x, y));
  tn_canvas_to_widget (fixture->canvas, *x, *y, x, y);
}

void
tn_fixture_input (TnFixture *fixture, const char *name, guint slot, double *x, double *y)
{
  g_assert_true (tn_scene_input_port (tn_canvas_scene (fixture->canvas),
                                      tn_fixture_id (fixture, name), 0, slot, x, y));
  tn_canvas_to_widget (fixture->canvas, *x, *y, x, y);
}

void
tn_fixture_wire (TnFixture *fixture, const char *name, guint slot, double *x, double *y)
{
  double x0, y0, x1, y1;

  tn_fixture_output (fixture, tn_fixture_source (fixture, name, slot), &x0, &y0);
  tn_fixture_input (fixture, name, slot, &x1, &y1);
  *x = (x0 + x1) / 2;
  *y = (y0 + y1) / 2;
}
