/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments, frames and knots: made, kept in files, arranged, and without meaning for anybody else.
 */
#include <math.h>

#include "document-fixture.h"
#include "graph/tn-active.h"
#include "infer/tn-facts.h"
#include "layers/tn-remarks.h"
#include "scene/tn-scene.h"

typedef struct
{
  TnDocument *document;
  TnNodeId input, first, last, comment, frame, knot;
} Fixture;

static Fixture
fixture_new (void)
{
  Fixture self = { .document = tn_document_new () };
  TnWireEnd wire;

  self.input = fixture_add (self.document, "InputLayer", 0, 0);
  self.first = fixture_add (self.document, "Dense", 300, 110);
  self.last = fixture_add (self.document, "Dense", 600, 220);
  g_assert_true (fixture_connect (self.document, self.input, self.first, 0, NULL));
  g_assert_true (fixture_connect (self.document, self.first, self.last, 0, NULL));
  g_assert_true (tn_document_apply (
      self.document, &tn_edit_add_comment,
      &(TnEditArgs){ .x = -300, .y = 5, .text = "Größe\n“quoted”", .created = &self.comment },
      NULL));
  g_assert_true (tn_document_apply (
      self.document, &tn_edit_add_frame,
      &(TnEditArgs){
          .x = 450, .y = 165, .width = 600, .height = 300, .text = "head", .created = &self.frame },
      NULL));
  wire = (TnWireEnd){ self.last, 0, 0 };
  g_assert_true (tn_document_apply (
      self.document, &tn_edit_add_knot,
      &(TnEditArgs){ .wires = &wire, .n_wires = 1, .x = 700, .y = 160, .created = &self.knot },
      NULL));
  return self;
}

static void
test_meaning (void)
{
  Fixture f = fixture_new ();
  const TnGraph *graph = tn_document_graph (f.document);
  g_autoptr (TnGraph) plain = tn_graph_without_remarks (graph, TRUE);

  g_assert_cmpuint (tn_graph_size (graph), ==, 6);
  g_assert_cmpuint (tn_graph_size (tn_graph_active (graph)), ==, 3);
  g_assert_true (tn_graph_same_meaning (plain, tn_graph_active (graph)));
  g_assert_cmpuint (fixture_source (f.document, f.last, 0), ==, f.knot);
  /* A knot is taken out of its wire, which stays. */
  g_assert_true (tn_document_apply (f.document, &tn_edit_remove,
                                    &(TnEditArgs){ .nodes = &f.knot, .n_nodes = 1 }, NULL));
  g_assert_cmpuint (fixture_source (f.document, f.last, 0), ==, f.first);
  g_object_unref (f.document);
}

static void
test_file (void)
{
  Fixture f = fixture_new ();
  g_autoptr (GBytes) bytes = tn_format_write_tenon (tn_document_graph (f.document));
  g_autoptr (GBytes) keras = tn_format_write_keras (tn_document_graph (f.document));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) again = tn_format_parse (bytes, "test", NULL, &error);
  g_autoptr (TnGraph) plain = NULL;
  g_autoptr (GBytes) twice = NULL;
  const TnNode *node;

  g_assert_no_error (error);
  twice = tn_format_write_tenon (again);
  g_assert_true (g_bytes_equal (bytes, twice));
  node = tn_graph_find_name (again, "comment");
  g_assert_cmpstr (tn_node_string (node, TN_REMARK_TEXT), ==, "Größe\n“quoted”");
  g_assert_cmpfloat (tn_node_x (node), ==, -300);
  node = tn_graph_find_name (again, "frame");
  g_assert_cmpfloat (tn_node_float (node, TN_REMARK_HEIGHT), ==, 300);
  g_assert_nonnull (tn_graph_find_name (again, "knot"));
  plain = tn_format_parse (keras, "test", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tn_graph_size (plain), ==, 3);
  g_object_unref (f.document);
}

/* Comments alone need no second copy of the model in the file. */
static void
test_small_file (void)
{
  Fixture f = fixture_new ();
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (tn_document_apply (f.document, &tn_edit_remove,
                                    &(TnEditArgs){ .nodes = &f.knot, .n_nodes = 1 }, NULL));
  bytes = tn_format_write_tenon (tn_document_graph (f.document));
  g_assert_null (
      g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), "\"whole\""));
  g_object_unref (f.document);
}

static void
test_arrange (void)
{
  Fixture f = fixture_new ();
  g_autoptr (TnGraph) arranged = tn_layout (tn_document_graph (f.document), TRUE);
  const TnNode *frame, *node;
  double x, y, width, height;

  g_assert_true (
      tn_document_apply (f.document, &tn_edit_arrange, &(TnEditArgs){ .graph = arranged }, NULL));
  g_assert_null (tn_graph_find (tn_document_graph (f.document), f.knot));
  frame = fixture_node (f.document, f.frame);
  g_assert_true (tn_remark_frame (frame, &x, &y, &width, &height));
  for (guint i = 0; i < 2; i++)
    {
      node = fixture_node (f.document, i == 0 ? f.first : f.last);
      g_assert_cmpfloat (tn_node_x (node), >=, x);
      g_assert_cmpfloat (tn_node_x (node), <=, x + width);
      g_assert_cmpfloat (tn_node_y (node), >=, y);
      g_assert_cmpfloat (tn_node_y (node), <=, y + height);
    }
  tn_document_undo (f.document);
  g_assert_nonnull (tn_graph_find (tn_document_graph (f.document), f.knot));
  g_object_unref (f.document);
}

/* A picture in the other direction has all that the canvas shows, and covers no layer with it. */
static void
test_turned (void)
{
  Fixture f = fixture_new ();
  const TnGraph *graph = tn_document_graph (f.document);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (TnScene) scene
      = tn_scene_new (graph, facts, &(TnSceneOptions){ .direction = TN_DIRECTION_RIGHT });
  const TnNodeId layers[] = { f.input, f.first, f.last };
  TnRect boxes[3], comment, frame, knot;

  g_assert_cmpint (tn_graph_direction (graph), ==, TN_DIRECTION_DOWN);
  for (guint i = 0; i < 3; i++)
    g_assert_true (tn_scene_node_box (scene, layers[i], &boxes[i]));
  g_assert_true (tn_scene_node_box (scene, f.comment, &comment));
  g_assert_true (tn_scene_node_box (scene, f.frame, &frame));
  g_assert_true (tn_scene_node_box (scene, f.knot, &knot));
  g_assert_cmpfloat (boxes[0].x + boxes[0].width, <, boxes[1].x);
  g_assert_cmpfloat (boxes[1].x + boxes[1].width, <, boxes[2].x);
  for (guint i = 0; i < 3; i++)
    g_assert_false (tn_rect_intersects (comment, boxes[i]));
  /* What stood to the left stands above, as far away. */
  g_assert_cmpfloat (comment.y + comment.height, <, boxes[0].y);
  g_assert_cmpfloat (fabs (comment.x - boxes[0].x), <, boxes[0].width);
  /* Its frame is around the same layers. */
  for (guint i = 1; i < 3; i++)
    {
      g_assert_cmpfloat (boxes[i].x, >=, frame.x);
      g_assert_cmpfloat (boxes[i].x + boxes[i].width, <=, frame.x + frame.width);
      g_assert_cmpfloat (boxes[i].y, >=, frame.y);
    }
  /* And the wire still goes through its knot, between the two. */
  g_assert_cmpfloat (knot.x, >, boxes[1].x + boxes[1].width / 2);
  g_assert_cmpfloat (knot.x, <, boxes[2].x + boxes[2].width / 2);
  g_object_unref (f.document);
}

static void
test_resize (void)
{
  Fixture f = fixture_new ();
  TnEditArgs args = { .node = f.comment, .x = -250, .y = 5, .width = 1e9, .height = 5 };
  g_autoptr (TnReport) report = tn_report_new ();

  g_assert_true (tn_document_apply (f.document, &tn_edit_resize_remark, &args, NULL));
  g_assert_cmpfloat (tn_node_float (fixture_node (f.document, f.comment), TN_REMARK_WIDTH), ==,
                     TN_REMARK_MOST);
  args.node = f.first;
  g_assert_false (tn_document_apply (f.document, &tn_edit_resize_remark, &args, report));
  g_object_unref (f.document);
}

/* A line across several wires: those of one source share a knot, in the middle of where they were
 * crossed; the others get their own. */
static void
test_knots (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  const TnSchema *schema = &tn_layer_find ("Dense")->schema;
  TnNodeId input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);
  TnNodeId users[2], other = tn_draft_add (draft, schema, NULL, TRUE, NULL);
  TnNodeId last = tn_draft_add (draft, schema, NULL, TRUE, NULL), created;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDocument) document = NULL;
  g_autofree char *label = NULL;
  const TnNode *knot;

  for (guint i = 0; i < 2; i++)
    {
      users[i] = tn_draft_add (draft, schema, NULL, TRUE, NULL);
      g_assert_true (tn_draft_connect (draft, (TnRef){ input, 0, 0 }, users[i], 0, 0, NULL));
    }
  g_assert_true (tn_draft_connect (draft, (TnRef){ other, 0, 0 }, last, 0, 0, NULL));
  graph = tn_draft_finish (draft);
  document = tn_document_new_from_graph (graph, "test");
  g_assert_true (tn_document_apply (
      document, &tn_edit_add_knots,
      &(TnEditArgs){ .wires
                     = (TnWireEnd[]){ { users[0], 0, 0 }, { last, 0, 0 }, { users[1], 0, 0 } },
                     .n_wires = 3,
                     .places = (double[]){ 100, 40, 900, 50, 300, 60 },
                     .created = &created },
      NULL));
  graph = (tn_graph_unref (graph), tn_graph_ref (tn_document_graph (document)));
  g_assert_cmpuint (tn_graph_size (graph), ==, 7);
  g_assert_cmpuint (fixture_source (document, users[0], 0), ==,
                    fixture_source (document, users[1], 0));
  knot = tn_graph_find (graph, fixture_source (document, users[0], 0));
  g_assert_true (tn_node_schema (knot)->knot);
  g_assert_cmpfloat (tn_node_x (knot), ==, 200);
  g_assert_cmpfloat (tn_node_y (knot), ==, 50);
  g_assert_cmpuint (tn_node_input (knot, 0, 0).node, ==, input);
  g_assert_cmpuint (fixture_source (document, last, 0), ==, created);
  g_assert_cmpfloat (tn_node_x (tn_graph_find (graph, created)), ==, 900);
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Add Knots");

  /* A wire that is gone meanwhile: nothing is done. */
  g_assert_false (tn_document_apply (
      document, &tn_edit_add_knots,
      &(TnEditArgs){ .wires = (TnWireEnd[]){ { users[0], 0, 0 }, { other, 0, 0 } },
                     .n_wires = 2,
                     .places = (double[]){ 0, 0, 0, 0 } },
      NULL));
  g_assert_true (tn_document_graph (document) == graph);
  tn_document_undo (document);
  g_assert_false (tn_document_can_undo (document));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remarks/meaning", test_meaning);
  g_test_add_func ("/remarks/file", test_file);
  g_test_add_func ("/remarks/small-file", test_small_file);
  g_test_add_func ("/remarks/arrange", test_arrange);
  g_test_add_func ("/remarks/turned", test_turned);
  g_test_add_func ("/remarks/resize", test_resize);
  g_test_add_func ("/remarks/knots", test_knots);
  return g_test_run ();
}
