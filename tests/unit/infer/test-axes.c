/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What axes are called: by rank, by the order of the channels, and not where nobody can tell. */
#include "graph/tn-draft.h"
#include "infer/tn-axes.h"

/* "batch, height, …" of a layer's output; "?" where there is no name. New string. */
static char *
names_of (const TnGraph *graph, const char *layer)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnRef ref = { .node = tn_node_id (tn_graph_find_name (graph, layer)) };
  TnShape shape = tn_facts_shape (facts, ref, NULL);
  GString *text = g_string_new (NULL);

  for (int axis = 0; axis < shape.rank; axis++)
    {
      const char *name = tn_axis_name (facts, ref, axis);

      g_string_append_printf (text, "%s%s", axis > 0 ? ", " : "", name != NULL ? name : "?");
    }
  return g_string_free (text, FALSE);
}

static TnNodeId
add (TnDraft *draft, const char *type, const char *name, TnNodeId from)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, name, TRUE, NULL);

  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ .node = from }, id, 0, G_MAXUINT, NULL));
  return id;
}

static void
assert_names (const TnGraph *graph, const char *layer, const char *expected)
{
  g_autofree char *names = names_of (graph, layer);

  g_assert_cmpstr (names, ==, expected);
}

static TnGraph *
image_model (gboolean first)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId image = add (draft, "InputLayer", "image", TN_NODE_NONE);
  TnNodeId conv = add (draft, "Conv2D", "conv", image);
  TnNodeId relu = add (draft, "ReLU", "relu", conv);
  TnNodeId flat = add (draft, "Flatten", "flat", relu);

  if (first)
    {
      g_assert_true (tn_draft_set_text (draft, image, "batch_shape", "(None, 3, 28, 28)", NULL));
      g_assert_true (tn_draft_set_text (draft, conv, "data_format", "channels_first", NULL));
    }
  add (draft, "Dense", "dense", flat);
  return tn_draft_finish (draft);
}

static void
test_channels_last (void)
{
  g_autoptr (TnGraph) graph = image_model (FALSE);

  assert_names (graph, "image", "batch, height, width, channels");
  assert_names (graph, "conv", "batch, height, width, channels");
  assert_names (graph, "relu", "batch, height, width, channels");
  assert_names (graph, "flat", "batch, features");
  assert_names (graph, "dense", "batch, features");
}

/* The layer behind it goes by it; of the input before it nobody has said anything. */
static void
test_channels_first (void)
{
  g_autoptr (TnGraph) graph = image_model (TRUE);

  assert_names (graph, "image", "batch, ?, ?, ?");
  assert_names (graph, "conv", "batch, channels, height, width");
  assert_names (graph, "relu", "batch, channels, height, width");
}

/* What turns the axes round leaves open which is which. */
static void
test_turned (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId image = add (draft, "InputLayer", "image", TN_NODE_NONE);
  TnNodeId turn = add (draft, "Permute", "turn", image);
  g_autoptr (TnGraph) graph = NULL;

  g_assert_true (tn_draft_set_text (draft, turn, "dims", "(3, 1, 2)", NULL));
  graph = tn_draft_finish (draft);
  assert_names (graph, "image", "batch, height, width, channels");
  assert_names (graph, "turn", "batch, ?, ?, ?");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axes/channels-last", test_channels_last);
  g_test_add_func ("/axes/channels-first", test_channels_first);
  g_test_add_func ("/axes/turned", test_turned);
  return g_test_run ();
}
