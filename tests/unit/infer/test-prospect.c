/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would come of layers at a place, against what comes when they are put there. */
#include <string.h>

#include "infer/tn-prospect.h"
#include "test-models.h"

static TnProspect
look (const TnSpot *spot, const char *type)
{
  TnProspect prospect;

  g_assert_true (tn_prospect_layer (spot, tn_layer_find (type), &prospect));
  return prospect;
}

static void
assert_prospect (const TnSpot *spot, const char *type, TnProspectKind kind, const char *shape)
{
  TnProspect prospect = look (spot, type);
  g_autofree char *text = tn_shape_to_text (&prospect.shape);

  if (g_test_verbose ())
    g_test_message ("%s: %d %s %s", type, prospect.kind, text, prospect.reason);
  g_assert_cmpint (prospect.kind, ==, kind);
  if (shape != NULL)
    g_assert_cmpstr (text, ==, shape);
  g_assert_true ((prospect.reason != NULL) == (kind == TN_PROSPECT_REFUSES));
  tn_prospect_clear (&prospect);
}

static void
test_after (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot spot = { .facts = facts, .from = { last, 0, 0 } };
  TnProspect prospect;

  assert_prospect (&spot, "MaxPooling2D", TN_PROSPECT_FITS, "(None, 5, 5, 64)");
  assert_prospect (&spot, "BatchNormalization", TN_PROSPECT_FITS, "(None, 11, 11, 64)");
  assert_prospect (&spot, "Flatten", TN_PROSPECT_FITS, "(None, 7744)");
  assert_prospect (&spot, "LSTM", TN_PROSPECT_REFUSES, NULL);
  assert_prospect (&spot, "Dense", TN_PROSPECT_REFUSES, NULL);
  assert_prospect (&spot, "Add", TN_PROSPECT_OPEN, "(None, 11, 11, 64)");
  assert_prospect (&spot, "MultiHeadAttention", TN_PROSPECT_FITS, NULL);
  assert_prospect (&spot, "Target", TN_PROSPECT_REFUSES, NULL);
  g_assert_false (tn_prospect_layer (&spot, tn_layer_find ("InputLayer"), &prospect));
}

/* Whatever fits by this has no error of its own once it is there, with the same shape. */
static void
test_agrees (void)
{
  static const char *const shapes[]
      = { "(None, 64)", "(None, 100, 64)", "(None, 28, 28, 3)", "(None, 8, 28, 28, 3)" };

  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (guint i = 0; i < tn_layer_count (); i++)
      {
        const TnLayer *layer = tn_layer_at (i);
        g_autoptr (TnDraft) draft = tn_draft_new (NULL);
        TnNodeId input
            = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", shapes[s], NULL);
        g_autoptr (TnFacts) before = infer_draft (draft);
        g_autoptr (TnFacts) after = NULL;
        const TnSpot spot = { .facts = before, .from = { input, 0, 0 } };
        TnProspect prospect;
        TnShape shape;
        TnNodeId id;

        if (!tn_prospect_layer (&spot, layer, &prospect))
          continue;
        id = tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
        for (guint slot = 0; slot < MAX (layer->schema.min_inputs, 1); slot++)
          g_assert_true (tn_draft_connect (draft, spot.from, id, 0, slot, NULL));
        after = infer_draft (draft);
        shape = tn_facts_shape (after, (TnRef){ id, 0, 0 }, NULL);
        if (g_test_verbose ())
          g_test_message ("%s on %s: %s", layer->schema.type, shapes[s], prospect.reason);
        g_assert_true ((prospect.kind == TN_PROSPECT_REFUSES)
                       == (tn_facts_totals (after).n_errors > 0));
        g_assert_true (tn_shape_identical (&shape, &prospect.shape));
        tn_prospect_clear (&prospect);
      }
}

static void
test_before (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId conv
      = add_layer (draft, TN_NODE_NONE, "Conv2D", NULL, "filters", "8", "kernel_size", "3", NULL);
  TnNodeId dense = add_layer (draft, TN_NODE_NONE, "Dense", NULL, "units", "8", NULL);
  TnNodeId image = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape",
                              "(None, 14, 14, 32)", NULL);
  TnNodeId sum = add_layer (draft, image, "Add", NULL, NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot into_conv = { .facts = facts, .to = conv };
  const TnSpot into_dense = { .facts = facts, .to = dense };
  const TnSpot into_sum = { .facts = facts, .to = sum, .slot = 1 };
  TnProspect prospect;

  assert_prospect (&into_conv, "MaxPooling2D", TN_PROSPECT_FITS, "(None, None, None, None)");
  assert_prospect (&into_conv, "Flatten", TN_PROSPECT_REFUSES, NULL);
  assert_prospect (&into_conv, "InputLayer", TN_PROSPECT_FITS, "(None, 28, 28, 1)");
  assert_prospect (&into_dense, "Flatten", TN_PROSPECT_FITS, NULL);
  assert_prospect (&into_dense, "Conv2D", TN_PROSPECT_REFUSES, NULL);
  assert_prospect (&into_dense, "InputLayer", TN_PROSPECT_FITS, "(None, 64)");
  assert_prospect (&into_sum, "InputLayer", TN_PROSPECT_FITS, "(None, 14, 14, 32)");
  assert_prospect (&into_sum, "Conv2D", TN_PROSPECT_FITS, "(None, None, None, 32)");
  g_assert_false (tn_prospect_layer (&into_sum, tn_layer_find ("Target"), &prospect));
}

/* In a wire both ends count. */
static void
test_between (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  TnNodeId flatten = add_layer (draft, last, "Flatten", NULL, NULL);
  TnNodeId pool = add_layer (draft, last, "MaxPooling2D", NULL, NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot loose = { .facts = facts, .from = { last, 0, 0 }, .to = flatten };
  const TnSpot tight = { .facts = facts, .from = { last, 0, 0 }, .to = pool };

  assert_prospect (&loose, "GlobalAveragePooling2D", TN_PROSPECT_FITS, "(None, 64)");
  assert_prospect (&tight, "GlobalAveragePooling2D", TN_PROSPECT_REFUSES, "(None, 64)");
  assert_prospect (&tight, "Conv2D", TN_PROSPECT_FITS, NULL);
}

static void
test_usual (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  TnNodeId flatten = add_layer (draft, last, "Flatten", NULL, NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot conv = { .facts = facts, .from = { last, 0, 0 } };
  const TnSpot flat = { .facts = facts, .from = { flatten, 0, 0 } };
  const TnSpot back = { .facts = facts, .to = flatten };

  g_assert_cmpuint (tn_spot_usual (&conv, tn_layer_find ("BatchNormalization")), ==, 0);
  g_assert_cmpuint (tn_spot_usual (&conv, tn_layer_find ("MaxPooling2D")), <,
                    tn_spot_usual (&conv, tn_layer_find ("Flatten")));
  g_assert_cmpuint (tn_spot_usual (&flat, tn_layer_find ("Dense")), ==, 0);
  g_assert_cmpuint (tn_spot_usual (&flat, tn_layer_find ("Conv2D")), ==, G_MAXUINT);
  g_assert_cmpuint (tn_spot_usual (&back, tn_layer_find ("MaxPooling2D")), <,
                    tn_spot_usual (&back, tn_layer_find ("LSTM")));
}

/* Of what is not known nothing is said. */
static void
test_unknown (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId conv
      = add_layer (draft, TN_NODE_NONE, "Conv2D", NULL, "filters", "8", "kernel_size", "3", NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot spot = { .facts = facts, .from = { conv, 0, 0 } };

  assert_prospect (&spot, "LSTM", TN_PROSPECT_UNKNOWN, "?");
}

/* The whole catalogue at each keystroke: far below a frame. */
static void
test_speed (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnSpot after = { .facts = facts, .from = { last, 0, 0 } };
  const TnSpot before = { .facts = facts, .to = last };
  const TnSpot *const spots[] = { &after, &before };

  for (guint s = 0; s < G_N_ELEMENTS (spots); s++)
    {
      double best = G_MAXDOUBLE;

      for (guint round = 0; round < 10; round++)
        {
          g_test_timer_start ();
          for (guint i = 0; i < tn_layer_count (); i++)
            {
              TnProspect prospect;

              if (tn_prospect_layer (spots[s], tn_layer_at (i), &prospect))
                tn_prospect_clear (&prospect);
            }
          best = MIN (best, g_test_timer_elapsed ());
        }
      g_test_minimized_result (best, "all layers at a place: %.3f ms", best * 1e3);
      g_assert_cmpfloat (best, <, 0.1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prospect/after", test_after);
  g_test_add_func ("/prospect/agrees", test_agrees);
  g_test_add_func ("/prospect/before", test_before);
  g_test_add_func ("/prospect/between", test_between);
  g_test_add_func ("/prospect/usual", test_usual);
  g_test_add_func ("/prospect/unknown", test_unknown);
  g_test_add_func ("/prospect/speed", test_speed);
  return g_test_run ();
}
