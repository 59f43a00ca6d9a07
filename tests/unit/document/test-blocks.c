/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ready-made blocks: each is put on a tensor that it fits, and nothing is wrong with what comes. */
#include <string.h>

#include "document-fixture.h"
#include "document/tn-offer.h"

/* What comes in, and what comes out. Of blocks that join two tensors, the second is the one that
 * has the shape they are made for. */
static const struct
{
  const char *block, *input, *output, *second;
  gboolean channels_first;
} cases[] = {
  { "conv-bn-relu", "(None, 28, 28, 3)", "(None, 28, 28, 32)", NULL },
  { "conv-bn-relu", "(None, 100, 12)", "(None, 100, 32)", NULL },
  { "conv-bn-relu", "(None, 8, 28, 28, 3)", "(None, 8, 28, 28, 32)", NULL },
  { "double-conv-pool", "(None, 28, 28, 3)", "(None, 14, 14, 64)", NULL },
  { "residual", "(None, 17, 17, 24)", "(None, 17, 17, 24)", NULL },
  { "residual", "(None, 100, 24)", "(None, 100, 24)", NULL },
  { "residual-projection", "(None, 17, 17, 24)", "(None, 9, 9, 48)", NULL },
  { "bottleneck", "(None, 17, 17, 96)", "(None, 17, 17, 96)", NULL },
  { "inception", "(None, 17, 17, 96)", "(None, 17, 17, 128)", NULL },
  { "depthwise-separable", "(None, 17, 17, 96)", "(None, 17, 17, 64)", NULL },
  { "squeeze-excite", "(None, 17, 17, 96)", "(None, 17, 17, 96)", NULL },
  { "squeeze-excite", "(None, None, None, 12)", "(None, None, None, 12)", NULL },
  { "unet-down", "(None, 16, 16, 24)", "(None, 8, 8, 48)", NULL },
  { "unet-up", "(None, 8, 8, 48)", "(None, 16, 16, 24)", "(None, 16, 16, 24)" },
  { "unet", "(None, 28, 28, 1)", "(None, 28, 28, 16)", NULL },
  { "mlp-head", "(None, 5, 5, 64)", "(None, 10)", NULL },
  { "mlp-head", "(None, 300)", "(None, 10)", NULL },
  { "pooled-head", "(None, None, None, 64)", "(None, 10)", NULL },
  { "pooled-head", "(None, 50, 64)", "(None, 10)", NULL },
  { "transformer-encoder", "(None, 50, 96)", "(None, 50, 96)", NULL },
  { "lstm-stack", "(None, 50, 96)", "(None, 64)", NULL },
  { "conv-bn-relu", "(None, 3, 28, 30)", "(None, 32, 28, 30)", NULL, TRUE },
  { "conv-bn-relu", "(None, 12, 100)", "(None, 32, 100)", NULL, TRUE },
  { "conv-bn-relu", "(None, 3, 8, 28, 30)", "(None, 32, 8, 28, 30)", NULL, TRUE },
  { "double-conv-pool", "(None, 3, 28, 30)", "(None, 64, 14, 15)", NULL, TRUE },
  { "residual", "(None, 24, 17, 19)", "(None, 24, 17, 19)", NULL, TRUE },
  { "residual-projection", "(None, 24, 17, 19)", "(None, 48, 9, 10)", NULL, TRUE },
  { "bottleneck", "(None, 96, 17, 19)", "(None, 96, 17, 19)", NULL, TRUE },
  { "inception", "(None, 96, 17, 19)", "(None, 128, 17, 19)", NULL, TRUE },
  { "depthwise-separable", "(None, 96, 17, 19)", "(None, 64, 17, 19)", NULL, TRUE },
  { "squeeze-excite", "(None, 96, 17, 19)", "(None, 96, 17, 19)", NULL, TRUE },
  { "unet-down", "(None, 24, 16, 18)", "(None, 48, 8, 9)", NULL, TRUE },
  { "unet-up", "(None, 48, 8, 9)", "(None, 24, 16, 18)", "(None, 24, 16, 18)", TRUE },
  { "unet", "(None, 1, 28, 32)", "(None, 16, 28, 32)", NULL, TRUE },
  { "mlp-head", "(None, 64, 5, 6)", "(None, 10)", NULL, TRUE },
  { "pooled-head", "(None, 64, None, None)", "(None, 10)", NULL, TRUE },
  { "transformer-encoder", "(None, 50, 96)", "(None, 50, 96)", NULL, TRUE },
  { "lstm-stack", "(None, 50, 96)", "(None, 64)", NULL, TRUE },
};

static TnNodeId
add_input (TnDraft *draft, const char *shape)
{
  TnNodeId id = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);

  g_assert_true (tn_draft_set_text (draft, id, "batch_shape", shape, NULL));
  tn_draft_move (draft, id, 0, 0);
  return id;
}

/* An input of that shape, and behind it the block; what the block puts out in @output. */
static TnDocument *
with_block (const char *name, const char *shape, gboolean channels_first, TnRef *output)
{
  const TnBlock *block = tn_block_find (name);
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add_input (draft, shape);
  g_autoptr (TnGraph) graph = tn_draft_finish (draft);
  g_autoptr (TnGraph) model = NULL;
  g_autoptr (TnGraph) fitted = NULL;
  g_autoptr (GError) error = NULL;
  TnDocument *document = tn_document_new_from_graph (graph, "test");
  TnShape at;
  const TnRef *outputs;
  guint n_outputs;

  g_assert_nonnull (block);
  model = tn_block_read (block, &error);
  g_assert_no_error (error);
  g_assert_true (tn_shape_from_text (shape, &at));
  fitted = tn_block_fit (model, &at, channels_first);
  g_assert_nonnull (fitted);
  g_assert_true (tn_document_apply (
      document, &tn_edit_block,
      &(TnEditArgs){ .graph = fitted, .text = block->label, .ref = { input, 0, 0 }, .y = 108 },
      NULL));
  outputs = tn_graph_outputs (tn_document_graph (document), &n_outputs);
  *output = outputs[n_outputs - 1];
  return document;
}

static void
assert_fine (TnDocument *document, TnRef output, const char *expected)
{
  g_autoptr (TnFacts) facts = tn_infer (tn_document_graph (document), NULL, NULL);
  TnShape shape = tn_facts_shape (facts, output, NULL);
  g_autofree char *text = tn_shape_to_text (&shape);

  if (tn_facts_n_issues (facts) > 0)
    g_test_message ("%s", tn_facts_issue (facts, 0)->message);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_each (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  TnRef output;
  g_autoptr (TnDocument) document
      = with_block (cases[i].block, cases[i].input, cases[i].channels_first, &output);
  guint n_layers = tn_graph_size (tn_document_graph (document)) - 1;

  /* One step, and what it made is selected. */
  g_assert_cmpuint (tn_document_selection (document)->len, ==, n_layers);
  if (cases[i].second != NULL)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (tn_document_graph (document));
      TnNodeId second = add_input (draft, cases[i].second);
      const TnNode *join = tn_draft_find_name (draft, "concatenate");
      g_autoptr (TnGraph) wired = NULL;

      g_assert_nonnull (join);
      g_assert_true (
          tn_draft_connect (draft, (TnRef){ second, 0, 0 }, tn_node_id (join), 0, G_MAXUINT, NULL));
      wired = tn_draft_finish (draft);
      g_object_unref (document);
      document = tn_document_new_from_graph (wired, "test");
      assert_fine (document, output, cases[i].output);
      return;
    }
  assert_fine (document, output, cases[i].output);
  tn_document_undo (document);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 1);
  g_assert_false (tn_document_can_undo (document));
}

/* The table above tries every block there is; what is told of them before says the same. */
static void
test_all (void)
{
  for (const TnBlock *block = tn_blocks (); block->name != NULL; block++)
    {
      gboolean tried = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (cases) && !tried; i++)
        tried = strcmp (cases[i].block, block->name) == 0;
      g_test_message ("%s", block->name);
      g_assert_true (tried);
      g_assert_true (g_str_has_suffix (block->summary, "."));
    }
}

static void
test_prospects (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId input = add_input (draft, cases[i].input);
      g_autoptr (TnGraph) graph = tn_draft_finish (draft);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      const TnSpot spot = { .facts = facts, .from = { input, 0, 0 } };
      TnProspect prospect;
      g_autofree char *text = NULL;

      /* Nothing says where its channels are. */
      if (cases[i].channels_first)
        continue;
      g_assert_true (tn_offer_prospect ((TnOffer){ .block = tn_block_find (cases[i].block) }, &spot,
                                        &prospect));
      text = tn_shape_to_text (&prospect.shape);
      g_assert_cmpint (prospect.kind, ==,
                       cases[i].second != NULL ? TN_PROSPECT_OPEN : TN_PROSPECT_FITS);
      g_assert_cmpstr (text, ==, cases[i].output);
      tn_prospect_clear (&prospect);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *block, *input;
  } refused[] = { { "unet", "(None, 30, 30, 3)" },
                  { "residual", "(None, 30)" },
                  { "depthwise-separable", "(None, 8, 30, 30, 3)" },
                  { "lstm-stack", "(None, 30, 30, 3)" } };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      TnNodeId input = add_input (draft, refused[i].input);
      g_autoptr (TnGraph) graph = tn_draft_finish (draft);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      const TnSpot spot = { .facts = facts, .from = { input, 0, 0 } };
      TnProspect prospect;

      g_assert_true (tn_offer_prospect ((TnOffer){ .block = tn_block_find (refused[i].block) },
                                        &spot, &prospect));
      g_assert_cmpint (prospect.kind, ==, TN_PROSPECT_REFUSES);
      g_assert_nonnull (prospect.reason);
      tn_prospect_clear (&prospect);
    }
}

/* Into a wire, again and again: each block stands above what follows, in the same column. */
static void
test_splice (void)
{
  TnRef output;
  g_autoptr (TnDocument) document = with_block ("residual", "(None, 17, 17, 24)", FALSE, &output);
  g_autoptr (TnGraph) model = tn_block_read (tn_block_find ("squeeze-excite"), NULL);
  const TnNode *first = tn_graph_find_name (tn_document_graph (document), "conv2d");
  const TnRef source = tn_node_input (first, 0, 0);
  const TnNodeId to = tn_node_id (first);
  g_autoptr (TnGraph) fitted = NULL;
  TnShape shape;
  TnNodeId created;

  g_assert_true (tn_shape_from_text ("(None, 17, 17, 24)", &shape));
  fitted = tn_block_fit (model, &shape, FALSE);
  for (guint round = 0; round < 3; round++)
    {
      const TnGraph *graph = tn_document_graph (document);
      TnRef from = tn_node_input (tn_graph_find (graph, to), 0, 0);

      g_assert_true (
          tn_document_apply (document, &tn_edit_block,
                             &(TnEditArgs){ .graph = fitted,
                                            .text = "block",
                                            .ref = from,
                                            .node = to,
                                            .y = tn_node_y (tn_graph_find (graph, from.node)) + 20,
                                            .created = &created },
                             NULL));
    }
  assert_fine (document, output, "(None, 17, 17, 24)");
  g_assert_cmpuint (tn_node_input (tn_graph_find (tn_document_graph (document), to), 0, 0).node, !=,
                    source.node);
  /* Every layer stands below what feeds it. */
  for (guint i = 0; i < tn_graph_size (tn_document_graph (document)); i++)
    {
      const TnNode *node = tn_graph_node (tn_document_graph (document), i);

      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        {
          TnNodeId id = tn_node_input (node, 0, slot).node;

          g_assert_cmpfloat (tn_node_y (tn_graph_find (tn_document_graph (document), id)), <,
                             tn_node_y (node));
        }
    }
}

/* A layer behind, before and between. */
static void
test_attach (void)
{
  g_autoptr (TnDocument) document = tn_document_new ();
  const TnSchema *add = &tn_layer_find ("Add")->schema;
  const TnSchema *input = &tn_layer_find ("InputLayer")->schema;
  const TnSchema *attention = &tn_layer_find ("MultiHeadAttention")->schema;
  TnNodeId sum, data, heads;
  TnShape shape;
  const TnNode *node;
  g_autofree char *undo = NULL;

  g_assert_true (tn_shape_from_text ("(None, 20, 16)", &shape));
  g_assert_true (tn_document_apply (
      document, &tn_edit_attach, &(TnEditArgs){ .schema = add, .y = 300, .created = &sum }, NULL));
  g_assert_true (tn_document_apply (
      document, &tn_edit_attach,
      &(TnEditArgs){ .schema = input, .node = sum, .shape = &shape, .created = &data }, NULL));
  node = tn_graph_find (tn_document_graph (document), sum);
  g_assert_cmpuint (tn_node_input (node, 0, 0).node, ==, data);
  g_assert_true (tn_document_apply (document, &tn_edit_attach,
                                    &(TnEditArgs){ .schema = attention,
                                                   .ref = { data, 0, 0 },
                                                   .node = sum,
                                                   .slot = 1,
                                                   .y = 150,
                                                   .created = &heads },
                                    NULL));
  node = tn_graph_find (tn_document_graph (document), heads);
  g_assert_cmpuint (tn_node_input (node, 0, 0).node, ==, data);
  g_assert_cmpuint (tn_node_input (node, 0, 1).node, ==, data);
  assert_fine (document, (TnRef){ sum, 0, 0 }, "(None, 20, 16)");
  undo = tn_document_undo_label (document);
  g_assert_cmpstr (undo, ==, "Undo Add multi_head_attention");

  /* Nothing is left of one that is refused. */
  g_assert_false (tn_document_apply (
      document, &tn_edit_attach, &(TnEditArgs){ .schema = attention, .ref = { 999, 0, 0 } }, NULL));
  g_assert_false (tn_document_apply (
      document, &tn_edit_attach, &(TnEditArgs){ .schema = input, .ref = { data, 0, 0 } }, NULL));
  g_assert_cmpuint (tn_graph_size (tn_document_graph (document)), ==, 3);
}

/* To the right, each layer of a block stands beyond what feeds it, with room for the shape between;
 * and in line with what it was put behind. */
static void
test_direction (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add_input (draft, "(None, 17, 17, 24)");
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDocument) document = NULL;
  g_autoptr (TnGraph) model = tn_block_read (tn_block_find ("residual"), NULL);
  TnNodeId created;

  tn_draft_set_direction (draft, TN_DIRECTION_RIGHT);
  graph = tn_draft_finish (draft);
  document = tn_document_new_from_graph (graph, "test");
  g_assert_true (tn_document_apply (
      document, &tn_edit_block,
      &(TnEditArgs){
          .graph = model, .text = "block", .ref = { input, 0, 0 }, .x = 400, .created = &created },
      NULL));
  g_assert_cmpfloat_with_epsilon (tn_node_y (tn_graph_find (tn_document_graph (document), created)),
                                  0, 60);
  for (guint i = 0; i < tn_graph_size (tn_document_graph (document)); i++)
    {
      const TnNode *node = tn_graph_node (tn_document_graph (document), i);

      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        {
          TnNodeId id = tn_node_input (node, 0, slot).node;

          g_assert_cmpfloat (tn_node_x (tn_graph_find (tn_document_graph (document), id)) + 200
                                 + 100,
                             <, tn_node_x (node));
        }
    }
}

/* Which axis the channels are on is told by what is around: above, below, or the whole model. */
static void
test_channels_first (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add_input (draft, "(None, 3, 28, 30)"), conv, norm, turn, apart;
  g_autoptr (TnGraph) graph = NULL, model = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnSpot spot = { 0 };
  TnProspect prospect;
  g_autofree char *text = NULL;

  conv = tn_draft_add (draft, &tn_layer_find ("Conv2D")->schema, NULL, TRUE, NULL);
  g_assert_true (tn_draft_set_text (draft, conv, "data_format", "channels_first", NULL));
  norm = tn_draft_add (draft, &tn_layer_find ("ReLU")->schema, NULL, TRUE, NULL);
  turn = tn_draft_add (draft, &tn_layer_find ("Permute")->schema, NULL, TRUE, NULL);
  g_assert_true (tn_draft_set_text (draft, turn, "dims", "(2, 3, 1)", NULL));
  apart = add_input (draft, "(None, 28, 28, 3)");
  tn_draft_connect (draft, (TnRef){ input, 0, 0 }, conv, 0, 0, NULL);
  tn_draft_connect (draft, (TnRef){ conv, 0, 0 }, norm, 0, 0, NULL);
  tn_draft_connect (draft, (TnRef){ norm, 0, 0 }, turn, 0, 0, NULL);
  graph = tn_draft_finish (draft);
  spot.facts = facts = tn_infer (graph, NULL, NULL);

  spot.from.node = norm;
  g_assert_true (tn_spot_channels_first (&spot));
  spot.from.node = input; /* by what takes it */
  g_assert_true (tn_spot_channels_first (&spot));
  spot.from.node = turn; /* not beyond what moves axes */
  g_assert_false (tn_spot_channels_first (&spot));
  spot.from.node = apart;
  g_assert_false (tn_spot_channels_first (&spot));
  spot.from.node = TN_NODE_NONE; /* beside all of it */
  g_assert_true (tn_spot_channels_first (&spot));
  spot.to = conv;
  g_assert_true (tn_spot_channels_first (&spot));

  /* And so what is offered there fits. */
  spot = (TnSpot){ .facts = facts, .from = { norm, 0, 0 } };
  model = tn_block_read (tn_block_find ("residual-projection"), NULL);
  g_assert_true (tn_block_prospect (model, &spot, &prospect));
  text = tn_shape_to_text (&prospect.shape);
  g_assert_cmpint (prospect.kind, ==, TN_PROSPECT_FITS);
  g_assert_cmpstr (text, ==, "(None, 64, 13, 14)");
  tn_prospect_clear (&prospect);
}

static void
test_offers (void)
{
  g_autoptr (GArray) offers = tn_offers ();
  guint n_blocks = 0;

  for (guint i = 0; i < offers->len; i++)
    {
      TnOffer offer = g_array_index (offers, TnOffer, i), again;
      g_autofree char *id = tn_offer_id (offer);

      n_blocks += offer.block != NULL;
      g_assert_true (tn_offer_from_id (id, &again) && tn_offer_equal (offer, again));
      g_assert_cmpuint (tn_offer_match (offer, tn_offer_label (offer)), >, 0);
      g_assert_nonnull (tn_offer_icon (offer));
    }
  g_assert_cmpuint (n_blocks, >=, 10);
  g_assert_false (tn_offer_from_id ("block:none", &(TnOffer){ 0 }));
  g_assert_false (tn_offer_from_id ("None", &(TnOffer){ 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/blocks/%s/%u", cases[i].block, i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_each);
    }
  g_test_add_func ("/blocks/all", test_all);
  g_test_add_func ("/blocks/prospects", test_prospects);
  g_test_add_func ("/blocks/refused", test_refused);
  g_test_add_func ("/blocks/splice", test_splice);
  g_test_add_func ("/blocks/attach", test_attach);
  g_test_add_func ("/blocks/direction", test_direction);
  g_test_add_func ("/blocks/channels-first", test_channels_first);
  g_test_add_func ("/blocks/offers", test_offers);
  return g_test_run ();
}
