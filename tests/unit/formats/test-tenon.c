/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The .tenon form: what is written is read as the same, whatever the graph; layout and saving. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "graph/tn-silence.h"
#include "layers/tn-layer.h"
#include "test-files.h"

#define N_GRAPHS 400

/* ---- random graphs ---- */

static TnValue *
random_scalar (void)
{
  static const char *const texts[]
      = { "relu", "same", "", "Zürich \"quoted\"\n", "channels_first", "\x01" };

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      return tn_value_new_bool (g_test_rand_bit ());
    case 1:
      return tn_value_new_int (g_test_rand_int_range (-3, 300));
    case 2:
      return tn_value_new_float (g_test_rand_double () * 10 - 2);
    case 3:
      return tn_value_new_int ((gint64)g_test_rand_int () * G_MAXINT32);
    default:
      return tn_value_new_string (texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
    }
}

/* Anything that JSON can hold, also what a parameter must not be. */
static TnValue *
random_value (guint depth)
{
  static const char *const keys[] = { "class_name", "config", "module", "x y" };
  TnValue *items[G_N_ELEMENTS (keys)];
  guint n = (guint)g_test_rand_int_range (0, G_N_ELEMENTS (keys) + 1);
  int kind = depth > 0 ? g_test_rand_int_range (0, 4) : 0;

  if (kind < 2)
    return random_scalar ();
  for (guint i = 0; i < n; i++)
    items[i] = random_value (depth - 1);
  return kind == 2 ? tn_value_new_list (items, n) : tn_value_new_dict (keys, items, n);
}

static char *
random_name (guint number)
{
  static const char *const stems[] = { "layer", "Schicht für Größe", "a \"b\" \\c", "λ", "tab\t" };

  return g_strdup_printf ("%s_%u", stems[g_test_rand_int_range (0, G_N_ELEMENTS (stems))], number);
}

static void
randomize_layer (TnDraft *draft, TnNodeId id)
{
  const TnSchema *schema = tn_node_schema (tn_draft_find (draft, id));

  for (guint i = 0; i < schema->n_params; i++)
    if (g_test_rand_int_range (0, 3) == 0)
      {
        g_autoptr (TnValue) value = random_value (2);

        tn_draft_set (draft, id, i, value, FALSE, NULL);
      }
  if (g_test_rand_int_range (0, 5) > 0)
    tn_draft_move (draft, id, g_test_rand_double () * 1e4 - 5e3, g_test_rand_int_range (-900, 900));
  if (g_test_rand_int_range (0, 5) == 0)
    tn_draft_set_trainable (draft, id, FALSE);
  if (g_test_rand_int_range (0, 5) == 0)
    {
      gint64 sizes[3] = { TN_DIM_UNKNOWN, g_test_rand_int_range (1, 99), 4096 };
      TnShape pin = tn_shape_new (sizes, g_test_rand_int_range (1, 4));

      tn_draft_pin (draft, id, &pin);
    }
  if (g_test_rand_int_range (0, 5) == 0)
    {
      g_autoptr (TnValue) inner = random_value (2);
      g_autoptr (TnValue) outer = tn_value_with (NULL, "notes", inner);
      g_autoptr (TnValue) extras = tn_value_with (NULL, "from_the_future", inner);
      g_autoptr (TnValue) both = tn_value_with (extras, "\x1fouter", outer);

      tn_draft_set_extras (draft, id, g_test_rand_bit () ? both : extras);
    }
}

/* Wires most of the slots to tensors of layers before, leaves some empty, adds calls. */
static void
randomize_wires (TnDraft *draft, TnNodeId id)
{
  const TnSchema *schema = tn_node_schema (tn_draft_find (draft, id));
  guint n_calls = g_test_rand_int_range (0, 6) == 0 ? 2 : 1;

  if (schema->max_inputs == 0)
    return;
  for (guint call = 0; call < n_calls; call++)
    {
      guint n_slots = schema->max_inputs == 1 ? 1 : (guint)g_test_rand_int_range (1, 4);

      if (call > 0)
        tn_draft_add_call (draft, id);
      for (guint slot = 0; slot < n_slots; slot++)
        {
          TnNodeId from = (TnNodeId)g_test_rand_int_range (1, (gint32)id);
          guint n_sources = from < id ? tn_node_n_calls (tn_draft_find (draft, from)) : 1;
          TnRef ref = { from, (guint16)g_test_rand_int_range (0, (gint32)n_sources), 0 };

          if (g_test_rand_int_range (0, 12) > 0)
            tn_draft_connect (draft, ref, id, call, slot, NULL);
        }
    }
}

static TnGraph *
random_graph (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  guint size = (guint)g_test_rand_int_range (0, 15);

  tn_draft_set_name (draft, g_test_rand_bit () ? "model" : "Größen/\"1\"");
  tn_draft_set_dense_inputs (draft, g_test_rand_bit () ? TN_DENSE_ANY : TN_DENSE_FLAT);
  tn_draft_set_direction (draft, g_test_rand_bit () ? TN_DIRECTION_RIGHT : TN_DIRECTION_DOWN);
  tn_draft_set_seed (draft, g_test_rand_bit () ? (guint64)(guint32)g_test_rand_int () << 32 : 7);
  if (g_test_rand_bit ())
    {
      g_autoptr (TnValue) value = random_value (2);
      g_autoptr (TnValue) part = tn_value_with (NULL, "what", value);
      g_autoptr (TnValue) one = tn_value_with (NULL, "outer", part);
      g_autoptr (TnValue) two = tn_value_with (one, "tenon", part);
      g_autoptr (TnValue) three = tn_value_with (two, "config", part);

      tn_draft_set_graph_extras (draft, three);
    }
  for (guint i = 0; i < size; i++)
    {
      const TnLayer *drawn
          = tn_layer_at ((guint)g_test_rand_int_range (0, (gint32)tn_layer_count ()));
      /* What comes only out of a file is not drawn. */
      const TnLayer *layer = i == 0 || drawn->hidden ? tn_layer_find ("InputLayer") : drawn;
      g_autofree char *name = g_test_rand_bit () ? random_name (i) : NULL;
      TnNodeId id = tn_draft_add (draft, &layer->schema, name, g_test_rand_bit (), NULL);

      g_assert_cmpuint (id, !=, TN_NODE_NONE);
      randomize_layer (draft, id);
      if (i > 0)
        randomize_wires (draft, id);
    }
  if (size > 0 && g_test_rand_int_range (0, 3) == 0)
    {
      TnRef outputs[] = { { 1, 0, 0 }, { 1, 0, 0 } };

      tn_draft_set_outputs (draft, outputs, (guint)g_test_rand_int_range (0, 3));
    }
  return tn_draft_finish (draft);
}

static void
assert_same_positions (const TnGraph *a, const TnGraph *b)
{
  g_assert_cmpint (tn_graph_direction (a), ==, tn_graph_direction (b));
  for (guint i = 0; i < tn_graph_size (a); i++)
    {
      const TnNode *one = tn_graph_node (a, i), *other = tn_graph_node (b, i);

      g_assert_cmpint (tn_node_is_placed (one), ==, tn_node_is_placed (other));
      g_assert_cmpfloat (tn_node_x (one), ==, tn_node_x (other));
      g_assert_cmpfloat (tn_node_y (one), ==, tn_node_y (other));
    }
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < N_GRAPHS; i++)
    {
      g_autoptr (TnGraph) graph = random_graph ();
      g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);
      g_autoptr (GBytes) same = tn_format_write_tenon (graph);
      g_autoptr (TnGraph) back = NULL;
      g_autoptr (GBytes) again = NULL;
      TnFormat format;

      test_same_bytes (bytes, same);
      back = test_parse (bytes, &format);
      again = tn_format_write_tenon (back);
      test_same_bytes (bytes, again);
      g_assert_cmpint (format, ==, TN_FORMAT_TENON);
      if (!tn_graph_same_meaning (graph, back))
        g_error ("another meaning:\n%.*s", (int)g_bytes_get_size (bytes),
                 (const char *)g_bytes_get_data (bytes, NULL));
      assert_same_positions (graph, back);
    }
}

/* Ids are not kept where layers were removed, all else is. */
static void
test_after_removal (void)
{
  for (guint i = 0; i < N_GRAPHS / 4; i++)
    {
      g_autoptr (TnGraph) graph = random_graph ();
      g_autoptr (TnDraft) draft = tn_draft_new (graph);
      g_autoptr (TnGraph) fewer = NULL;
      g_autoptr (TnGraph) back = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) again = NULL;

      for (guint n = tn_graph_size (graph) / 3; n > 0; n--)
        tn_draft_remove (
            draft, tn_node_id (tn_draft_node (
                       draft, (guint)g_test_rand_int_range (0, (gint32)tn_draft_size (draft)))));
      fewer = tn_draft_finish (draft);
      bytes = tn_format_write_tenon (fewer);
      back = test_parse (bytes, NULL);
      again = tn_format_write_tenon (back);
      test_same_bytes (bytes, again);
      g_assert_cmpuint (tn_graph_size (back), ==, tn_graph_size (fewer));
      assert_same_positions (fewer, back);
    }
}

/* The Keras form has nothing of Tenon's, and reads back but for what Keras has no place for. */
static void
test_keras_form (void)
{
  for (guint i = 0; i < N_GRAPHS / 4; i++)
    {
      g_autoptr (TnGraph) graph = random_graph ();
      g_autoptr (GBytes) bytes = tn_format_write_keras (graph);
      g_autoptr (TnValue) tree = tn_format_json_parse (bytes, "test", NULL);
      g_autoptr (GError) error = NULL;
      TnFormat format;
      g_autoptr (TnGraph) back = tn_format_parse (bytes, "test", &format, &error);
      const TnValue *layers = tn_value_lookup (tn_value_lookup (tree, "config"), "layers");

      g_assert_null (tn_value_lookup (tree, "tenon"));
      g_assert_no_error (error);
      g_assert_cmpint (format, ==, TN_FORMAT_KERAS);
      g_assert_cmpuint (tn_graph_size (back), ==, tn_value_size (layers));
      for (guint j = 0; j < tn_graph_size (back); j++)
        {
          const TnNode *node = tn_graph_node (back, j);

          g_assert_true (tn_node_schema (node)->keras);
          g_assert_nonnull (tn_graph_find_name (graph, tn_node_name (node)));
        }
    }
}

/* ---- by hand ---- */

static TnNodeId
add (TnDraft *draft, const char *type, TnNodeId from)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, NULL, TRUE, NULL);

  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, id, 0, 0, NULL));
  return id;
}

/* Layers that are not fully wired, and what depends on them, are out of Keras's way. */
static void
test_loose (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, "InputLayer", TN_NODE_NONE);
  TnNodeId lone = add (draft, "Conv2D", TN_NODE_NONE);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnGraph) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnValue) tree = NULL;
  const TnValue *config, *block;

  add (draft, "Flatten", lone);
  add (draft, "Flatten", input);
  add (draft, "Target", TN_NODE_NONE);
  add (draft, "Dropout", TN_NODE_NONE);
  graph = tn_draft_finish (draft);
  bytes = tn_format_write_tenon (graph);
  tree = tn_format_json_parse (bytes, "test", NULL);
  config = tn_value_lookup (tree, "config");
  block = tn_value_lookup (tree, "tenon");
  g_assert_cmpuint (tn_value_size (tn_value_lookup (config, "layers")), ==, 2);
  g_assert_cmpuint (tn_value_size (tn_value_lookup (config, "output_layers")), ==, 1);
  g_assert_cmpuint (tn_value_size (tn_value_lookup (block, "loose")), ==, 3);
  g_assert_cmpuint (tn_value_size (tn_value_lookup (block, "targets")), ==, 1);
  back = test_parse (bytes, NULL);
  g_assert_true (tn_graph_same_meaning (graph, back));
  g_assert_false (tn_graph_outputs_declared (back));
}

/* The arguments of a call that are no tensors, and structured inputs and outputs, are kept. */
static void
test_kept (void)
{
  static const char text[]
      = "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": ["
        "{\"class_name\": \"InputLayer\", \"name\": \"a\", \"config\": {\"shape\": [3]}},"
        "{\"class_name\": \"InputLayer\", \"name\": \"b\", \"config\": {\"shape\": [3]}},"
        "{\"class_name\": \"Dropout\", \"name\": \"d\", \"config\": {\"rate\": 0.5},"
        " \"inbound_nodes\": [[[\"a\", 0, 0, {\"training\": true, \"mask\": null}]],"
        " [[\"b\", 0, 0, {}]]]}],"
        " \"input_layers\": {\"y\": [\"b\", 0, 0], \"x\": [\"a\", 0, 0]},"
        " \"output_layers\": [[[\"d\", 0, 0]], [\"d\", 1, 0]]},"
        " \"compile_config\": {\"loss\": \"mse\"}}";
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
  g_autoptr (GBytes) written = tn_format_write_keras (graph);
  g_autoptr (TnGraph) back = test_parse (written, NULL);
  const char *out = g_bytes_get_data (written, NULL);

  /* Inputs stand in the order in which the model takes them. */
  g_assert_cmpstr (tn_node_name (tn_graph_node (graph, 0)), ==, "b");
  g_assert_true (tn_graph_same_meaning (graph, back));
  g_assert_nonnull (strstr (out, "[[[\"a\", 0, 0, {\"training\": true}]], [[\"b\", 0, 0, {}]]]"));
  g_assert_nonnull (strstr (out, "\"y\": [\"b\", 0, 0],"));
  g_assert_nonnull (strstr (out, "[[[\"d\", 0, 0]], [\"d\", 1, 0]]"));
  g_assert_nonnull (strstr (out, "\"loss\": \"mse\""));
}

/* Which warnings are silenced at a layer, in both forms, beside what else is noted there; odd notes
 * are kept as they are. */
static void
test_silenced (void)
{
  static const char text[]
      = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": ["
        "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"a\", \"batch_shape\": [null, "
        "3]},"
        " \"tenon\": [1]},"
        "{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 1,"
        " \"activation\": \"softmax\"},"
        " \"tenon\": {\"silenced\": [\"softmax-one\", \"no-such-code\"], \"other\": 3}}]}}";
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
  g_autoptr (GBytes) tenon = tn_format_write_tenon (graph);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnGraph) back = test_parse (tenon, NULL), other = test_parse (keras, NULL);
  const TnNode *dense = tn_graph_find_name (back, "d");

  g_assert_true (tn_graph_same_meaning (graph, back));
  g_assert_true (tn_node_is_silenced (dense, "softmax-one"));
  g_assert_cmpint (tn_value_int (tn_node_note (dense, "other")), ==, 3);
  g_assert_false (tn_node_is_silenced (tn_graph_find_name (back, "a"), "unused"));
  g_assert_true (tn_node_is_silenced (tn_graph_find_name (other, "d"), "softmax-one"));
}

/* Declared outputs stay declared even where they are just what nobody uses. */
static void
test_outputs (void)
{
  for (guint declared = 0; declared < 2; declared++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId input = add (draft, "InputLayer", TN_NODE_NONE);
      TnRef output = { add (draft, "Flatten", input), 0, 0 };
      g_autoptr (TnGraph) graph = NULL;
      g_autoptr (TnGraph) back = NULL;
      g_autoptr (GBytes) bytes = NULL;

      if (declared)
        tn_draft_set_outputs (draft, &output, 1);
      graph = tn_draft_finish (draft);
      bytes = tn_format_write_tenon (graph);
      back = test_parse (bytes, NULL);
      g_assert_cmpint (tn_graph_outputs_declared (back), ==, (gboolean)declared);
    }
}

/* Names of open sizes: Keras's config holds null, the names stand where Keras does not look. */
static void
test_symbols (void)
{
  static const char model[]
      = "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": ["
        "{\"class_name\": \"InputLayer\", \"name\": \"in\", \"inbound_nodes\": [],"
        " \"config\": {\"name\": \"in\", \"batch_shape\": [null, null, 7, 3]},"
        " \"tenon\": {\"symbols\": [\"batch\", \"H\", \"W\", null], \"later\": 1}},"
        "{\"class_name\": \"Dense\", \"name\": \"d\", \"config\": {\"name\": \"d\", \"units\": 2},"
        " \"tenon\": {\"symbols\": [\"H\"]},"
        " \"inbound_nodes\": [[[\"in\", 0, 0, {}]]]}],"
        "\"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"d\", 0, 0]]}}";
  g_autoptr (GBytes) bytes = test_bytes (model);
  g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
  g_autoptr (GBytes) written = NULL;

  for (guint round = 0; round < 2; round++)
    {
      const TnNode *input = tn_graph_find_name (graph, "in");
      g_autofree char *text = NULL;
      TnShape shape;

      /* A number that was put in since counts more than the name it had. */
      g_assert_true (tn_node_dims (input, 0, &shape));
      text = tn_shape_to_text (&shape);
      g_assert_cmpstr (text, ==, "(batch, H, 7, 3)");
      g_clear_pointer (&written, g_bytes_unref);
      written = round == 0 ? tn_format_write_keras (graph) : tn_format_write_tenon (graph);
      {
        g_autofree char *file
            = g_strndup (g_bytes_get_data (written, NULL), g_bytes_get_size (written));

        g_assert_nonnull (strstr (file, "[null, null, 7, 3]"));
        g_assert_nonnull (strstr (file, "\"symbols\": [\"batch\", \"H\", null, null]"));
        g_assert_nonnull (strstr (file, "\"later\": 1"));
      }
      tn_graph_unref (graph);
      graph = test_parse (written, NULL);
    }
}

static void
test_save (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tenon-save-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "größe.tenon", NULL);
  g_autofree char *link = g_build_filename (folder, "link.tenon", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "such", "folder.tenon", NULL);
  g_autoptr (TnGraph) graph = tn_graph_new_empty ();
  g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);
  g_autoptr (TnGraph) back = NULL;
  g_autoptr (GError) error = NULL;
  TnFormat format;
  GStatBuf info;

  g_assert_true (tn_format_save (bytes, path, &error));
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_true (tn_format_save (bytes, link, &error));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  back = tn_format_read (link, &format, &error);
  g_assert_no_error (error);
  g_assert_true (tn_graph_same_meaning (graph, back));

  g_assert_false (tn_format_save (bytes, nowhere, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "folder.tenon"));
  g_clear_error (&error);
  g_assert_false (tn_format_save (bytes, folder, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (tn_format_read (nowhere, &format, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (tn_format_read (folder, &format, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);

  g_unlink (link);
  g_unlink (path);
  /* No temporary file was left behind. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/tenon/round-trip", test_round_trip);
  g_test_add_func ("/formats/tenon/after-removal", test_after_removal);
  g_test_add_func ("/formats/tenon/keras-form", test_keras_form);
  g_test_add_func ("/formats/tenon/loose", test_loose);
  g_test_add_func ("/formats/tenon/kept", test_kept);
  g_test_add_func ("/formats/tenon/silenced", test_silenced);
  g_test_add_func ("/formats/tenon/outputs", test_outputs);
  g_test_add_func ("/formats/tenon/symbols", test_symbols);
  g_test_add_func ("/formats/tenon/save", test_save);
  return g_test_run ();
}
