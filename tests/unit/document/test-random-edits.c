/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thousands of random edits: whatever is done can be undone and done again, to the same model. */
#include <glib/gstdio.h>

#include "document-fixture.h"
#include "graph/tn-active.h"

#include "document/tn-fragment.h"

#define N_EDITS 3000

static TnNodeId
any_node (TnDocument *document, GRand *rand)
{
  const TnGraph *graph = tn_document_graph (document);
  guint size = tn_graph_size (graph);

  /* Now and then one that is not there: a gesture may end after its layer has gone. */
  if (size == 0 || g_rand_int_range (rand, 0, 50) == 0)
    return 100000;
  return tn_node_id (tn_graph_node (graph, (guint)g_rand_int_range (rand, 0, (int)size)));
}

/* Wires that may be there, and what may be done to them. */
static void
edit_wires_at_random (TnDocument *document, GRand *rand, TnEditArgs *args)
{
  static const TnEdit *const edits[] = {
    &tn_edit_splice,      &tn_edit_cut_wires, &tn_edit_rewire,
    &tn_edit_swap_inputs, &tn_edit_merge,     &tn_edit_remove_healing,
    &tn_edit_take_out,    &tn_edit_detach,    &tn_edit_chain,
  };
  const TnEdit *edit = edits[g_rand_int_range (rand, 0, G_N_ELEMENTS (edits))];
  TnWireEnd wires[3];

  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    wires[i] = (TnWireEnd){ any_node (document, rand), 0, (guint)g_rand_int_range (rand, 0, 3) };
  args->wires = wires;
  args->n_wires = edit == &tn_edit_cut_wires ? G_N_ELEMENTS (wires) : 1;
  tn_document_apply (document, edit, args, NULL);
  args->wires = NULL;
}

static void
edit_at_random (TnDocument *document, GRand *rand, guint64 merge)
{
  const TnLayer *layer = tn_layer_at ((guint)g_rand_int_range (rand, 0, (int)tn_layer_count ()));
  TnNodeId nodes[3];
  g_autofree char *name = g_strdup_printf ("n%d", g_rand_int_range (rand, 0, 30));
  g_autoptr (TnValue) value = NULL;
  g_autoptr (TnGraph) base = tn_graph_ref (tn_document_graph (document));
  g_autoptr (TnGraph) other = NULL;
  TnShape shape = tn_shape_new ((gint64[]){ TN_DIM_UNKNOWN, g_rand_int_range (rand, 1, 9) }, 2);
  TnEditArgs args = { .schema = &layer->schema,
                      .text = name,
                      .shape = g_rand_boolean (rand) ? &shape : NULL,
                      .slot = (guint)g_rand_int_range (rand, 0, 3),
                      .x = g_rand_int_range (rand, -40, 40),
                      .y = g_rand_int_range (rand, -40, 40),
                      .nodes = nodes,
                      .n_nodes = (guint)g_rand_int_range (rand, 0, 4),
                      .merge = merge };
  const TnNode *node;

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    nodes[i] = any_node (document, rand);
  args.node = any_node (document, rand);
  args.ref.node = any_node (document, rand);
  args.dense_inputs = g_rand_boolean (rand) ? TN_DENSE_ANY : TN_DENSE_FLAT;
  node = tn_graph_find (base, args.node);

  switch (g_rand_int_range (rand, 0, 25))
    {
    case 0:
    case 1:
    case 2:
      tn_document_apply (document, &tn_edit_add, &args, NULL);
      break;
    case 3:
      tn_document_apply (document, &tn_edit_add_on_wire, &args, NULL);
      break;
    case 4:
      edit_wires_at_random (document, rand, &args);
      break;
    case 5:
      args.n_nodes = MIN (args.n_nodes, 2);
      tn_document_apply (document, &tn_edit_remove, &args, NULL);
      break;
    case 6:
      tn_document_apply (document, &tn_edit_rename, &args, NULL);
      break;
    case 7:
      if (node == NULL || tn_node_schema (node)->n_params == 0)
        break;
      value = g_rand_boolean (rand) ? NULL : tn_value_new_int (g_rand_int_range (rand, -2, 9));
      args.param = (guint)g_rand_int_range (rand, 0, (int)tn_node_schema (node)->n_params);
      args.value = value;
      tn_document_apply (document, &tn_edit_set, &args, NULL);
      break;
    case 8:
      args.value = value = tn_value_new_bool (g_rand_boolean (rand));
      tn_document_apply (document, &tn_edit_trainable, &args, NULL);
      break;
    case 9:
      tn_document_apply (document, &tn_edit_pin, &args, NULL);
      break;
    case 10:
    case 11:
    case 12:
    case 13:
      tn_document_apply (document, &tn_edit_connect, &args, NULL);
      break;
    case 14:
      tn_document_apply (document, &tn_edit_disconnect, &args, NULL);
      break;
    case 15:
      if (tn_graph_size (base) < 60)
        tn_document_apply (document, &tn_edit_duplicate, &args, NULL);
      break;
    case 16:
      tn_document_apply (document, &tn_edit_dense_inputs, &args, NULL);
      tn_document_apply (document, &tn_edit_rename_model, &args, NULL);
      break;
    case 17:
      {
        g_autoptr (TnDraft) draft = tn_draft_new (base);

        tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
        args.base = base;
        args.graph = other = tn_draft_finish (draft);
        g_assert_true (tn_document_apply (document, &tn_edit_fix, &args, NULL));
        break;
      }
    case 18:
      args.graph = other = tn_fragment_new (base, NULL, nodes, args.n_nodes);
      if (other != NULL && tn_graph_size (base) < 60)
        tn_document_apply (document, &tn_edit_paste, &args, NULL);
      break;
    case 19:
      args.alignment = (TnAlignment)g_rand_int_range (rand, 0, TN_ALIGN_BOTTOM + 1);
      tn_document_apply (document, &tn_edit_align, &args, NULL);
      tn_document_apply (document, &tn_edit_distribute, &args, NULL);
      if (tn_graph_size (base) < 60)
        tn_document_apply (document, &tn_edit_duplicate_wired, &args, NULL);
      break;
    case 20:
      tn_document_apply (document, &tn_edit_bypass, &args, NULL);
      break;
    case 21:
      tn_document_apply (document, &tn_edit_disable, &args, NULL);
      break;
    case 22:
      tn_document_apply (document, &tn_edit_activate, &args, NULL);
      break;
    default:
      tn_document_apply (document, &tn_edit_move, &args, NULL);
    }
}

static void
check_selection (TnDocument *document)
{
  const GArray *selection = tn_document_selection (document);

  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);

      g_assert_nonnull (tn_graph_find (tn_document_graph (document), id));
      g_assert_true (i == 0 || g_array_index (selection, TnNodeId, i - 1) < id);
    }
}

static void
test_random (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (GPOINTER_TO_UINT (data));
  g_autoptr (TnDocument) document = tn_document_new ();
  g_autoptr (TnGraph) first = tn_graph_ref (tn_document_graph (document));
  g_autoptr (TnGraph) last = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "random.tenon", NULL);
  g_autoptr (TnGraph) saved = NULL;
  g_autoptr (GError) error = NULL;
  guint64 merge = tn_document_new_merge (document);
  guint undone = 0, redone = 0;
  gboolean seen_saved = FALSE;

  for (int i = 0; i < N_EDITS; i++)
    {
      if (g_rand_int_range (rand, 0, 5) == 0)
        merge = g_rand_boolean (rand) ? tn_document_new_merge (document) : 0;
      edit_at_random (document, rand, merge);
      check_selection (document);
      if (g_rand_int_range (rand, 0, 40) == 0)
        {
          int back = g_rand_int_range (rand, 0, 4), forth = g_rand_int_range (rand, 0, 4);

          while (back-- > 0)
            tn_document_undo (document);
          while (forth-- > 0)
            tn_document_redo (document);
          check_selection (document);
        }
    }
  /* What is saved is the last of them all, whatever was undone in the end. */
  while (tn_document_can_redo (document))
    tn_document_redo (document);
  last = tn_graph_ref (tn_document_graph (document));

  g_assert_true (tn_document_save (document, path, &error));
  g_assert_no_error (error);
  g_assert_false (tn_document_is_modified (document));
  while (tn_document_can_undo (document))
    {
      g_autofree char *label = tn_document_undo_label (document);

      g_assert_true (g_str_has_prefix (label, "Undo "));
      tn_document_undo (document);
      g_assert_true (tn_document_is_modified (document));
      check_selection (document);
      undone++;
    }
  g_assert_cmpuint (undone, >, N_EDITS / 10);
  g_assert_true (fixture_equal (first, tn_document_graph (document)));

  while (tn_document_can_redo (document))
    {
      tn_document_redo (document);
      redone++;
      /* The saved one may be the last only. */
      g_assert_cmpint (tn_document_is_modified (document), ==, tn_document_can_redo (document));
      seen_saved |= !tn_document_is_modified (document);
    }
  g_assert_true (seen_saved);
  g_assert_cmpuint (redone, ==, undone);
  g_assert_true (fixture_equal (last, tn_document_graph (document)));

  /* And the file holds just that. */
  saved = tn_format_read (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tn_graph_size (saved), ==, tn_graph_size (last));
  for (guint i = 0; i < tn_graph_size (last); i++)
    {
      const TnNode *node = tn_graph_node (last, i);
      const TnNode *read = tn_graph_find_name (saved, tn_node_name (node));

      g_assert_nonnull (read);
      g_assert_true (tn_node_schema (read) == tn_node_schema (node));
      g_assert_cmpint (tn_node_mode (read), ==, tn_node_mode (node));
      g_assert_cmpfloat_with_epsilon (tn_node_x (read), tn_node_x (node), 0.01);
      g_assert_cmpfloat_with_epsilon (tn_node_y (read), tn_node_y (node), 0.01);
    }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 4; seed++)
    {
      g_autofree char *name = g_strdup_printf ("/random-edits/%u", seed);

      g_test_add_data_func (name, GUINT_TO_POINTER (seed), test_random);
    }
  return g_test_run ();
}
