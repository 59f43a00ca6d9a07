/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models with sizes that have names: what is inferred for the names is what is inferred for any
 * numbers in their place, and verdicts hold for exactly the values that they name. */
#include <string.h>

#include "infer/tn-fits.h"
#include "test-models.h"

#define N_CHAINS 250
#define N_FORKS  120

static TnNodeId
add_input (TnDraft *draft, const char *shape)
{
  return add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", shape, NULL);
}

static void
wire (TnDraft *draft, TnNodeId from, TnNodeId to)
{
  g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, to, 0, G_MAXUINT, NULL));
}

/* ---- verdicts ---- */

/* Asserts that @code stands on @layer with @words in its message, or, with @code NULL, that there
 * is no issue at all. */
static void
assert_verdict (const TnFacts *facts, const char *code, const char *words)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);

      g_test_message ("%s: %s", issue->code, issue->message);
      /* That something broadcasts may be worth a warning; that is not judged here. */
      if (code == NULL)
        g_assert_true (issue->severity == TN_SEVERITY_WARNING
                       && !g_str_equal (issue->code, "fits-when"));
      else if (g_str_equal (issue->code, code) && strstr (issue->message, words) != NULL)
        return;
    }
  if (code != NULL)
    g_error ("no %s with “%s”", code, words);
}

static void
test_joins (void)
{
  static const struct
  {
    const char *join, *a, *b, *code, *words, *shape;
  } joins[] = {
    { "Add", "(None, H, 8)", "(None, H, 8)", NULL, NULL, "(None, H, 8)" },
    { "Add", "(None, H, 8)", "(None, H, 1)", NULL, NULL, "(None, H, 8)" },
    { "Add", "(None, H, 8)", "(None, None, 8)", NULL, NULL, "(None, None, 8)" },
    { "Add", "(None, H, 8)", "(None, 7, 8)", "fits-when", "it fits when H is 7.", "(None, 7, 8)" },
    { "Add", "(None, H, 8)", "(None, W, 8)", "fits-when", "it fits when H is W.", "(None, H, 8)" },
    { "Add", "(batch, 8)", "(None, 8)", NULL, NULL, "(batch, 8)" },
    { "Concatenate", "(None, H, 8)", "(None, H, 4)", NULL, NULL, "(None, H, 12)" },
    { "Concatenate", "(None, H, 8)", "(None, 9, 4)", "fits-when", "it fits when H is 9.",
      "(None, 9, 12)" },
    { "Concatenate", "(None, H, C)", "(None, H, 4)", NULL, NULL, "(None, H, C + 4)" },
    { "Dot", "(None, T)", "(None, T)", NULL, NULL, "(None, 1)" },
    { "Dot", "(None, T)", "(None, S)", "fits-when", "it fits when S is T.", "(None, 1)" },
    { "Dot", "(None, T)", "(None, 5)", "merge-shape", "known size", "(None, 1)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (joins); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnFacts) facts = NULL;
      TnNodeId a = add_input (draft, joins[i].a), b = add_input (draft, joins[i].b);
      TnNodeId join = strcmp (joins[i].join, "Dot") == 0
                          ? add_layer (draft, a, "Dot", NULL, "axes", "1", NULL)
                          : add_layer (draft, a, joins[i].join, NULL, NULL);

      wire (draft, b, join);
      facts = infer_draft (draft);
      assert_verdict (facts, joins[i].code, joins[i].words);
      assert_shape (facts, join, joins[i].shape);
    }
}

static void
test_chains (void)
{
  static const struct
  {
    const char *input, *type, *param, *value, *code, *words, *shape;
  } chains[] = {
    { "(None, H, W, 64)", "Flatten", NULL, NULL, NULL, NULL, "(None, H·W·64)" },
    { "(batch, T, 40)", "Flatten", NULL, NULL, NULL, NULL, "(batch, T·40)" },
    { "(None, H, W, 64)", "Reshape", "target_shape", "(-1, 64)", NULL, NULL, "(None, H·W, 64)" },
    { "(None, H, 3)", "Reshape", "target_shape", "(-1, 2)", "fits-when", "H is a multiple of 2.",
      "(None, H + ⌊H/2⌋, 2)" },
    { "(None, H, 4)", "Reshape", "target_shape", "(20,)", "fits-when", "H is 5.", "(None, 20)" },
    { "(None, H, 4)", "Reshape", "target_shape", "(21,)", "reshape-size",
      "the H·4 numbers of a sample", "(None, 21)" },
    { "(None, H, W, 3)", "Permute", "dims", "(2, 1, 3)", NULL, NULL, "(None, W, H, 3)" },
    { "(None, T)", "RepeatVector", "n", "5", NULL, NULL, "(None, 5, T)" },
    { "(None, T, 3)", "ZeroPadding1D", "padding", "2", NULL, NULL, "(None, T + 4, 3)" },
    { "(None, T, 3)", "Cropping1D", "cropping", "2", NULL, NULL, "(None, T − 4, 3)" },
    { "(None, T, 3)", "UpSampling1D", "size", "3", NULL, NULL, "(None, T·3, 3)" },
    { "(None, T, 3)", "GlobalAveragePooling1D", NULL, NULL, NULL, NULL, "(None, 3)" },
    { "(None, T, 3)", "MaxPooling1D", "pool_size", "3", NULL, NULL, "(None, ⌊T/3⌋, 3)" },
    { "(None, T)", "Target", "shape", "(None, T)", NULL, NULL, "?" },
    { "(None, T)", "Target", "shape", "(16, 10)", "fits-when", "T is 10.", "?" },
    { "(None, H, W, 3)", "LayerNormalization", NULL, NULL, NULL, NULL, "(None, H, W, 3)" },
    { "(None, T)", "Dense", "units", "4", "unknown-dim", "T", "(None, 4)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnFacts) facts = NULL;
      TnNodeId id = add_input (draft, chains[i].input);

      id = add_layer (draft, id, chains[i].type, NULL, chains[i].param, chains[i].value, NULL);
      facts = infer_draft (draft);
      assert_verdict (facts, chains[i].code, chains[i].words);
      assert_shape (facts, id, chains[i].shape);
    }
}

/* A kernel made for 8 channels, and C of them. */
static void
test_pin (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnFacts) facts = NULL;
  TnNodeId id = add_layer (draft, add_input (draft, "(None, H, C)"), "Conv1D", NULL, "filters", "4",
                           "kernel_size", "3", "strides", "2", NULL);
  TnShape pin;

  g_assert_true (tn_shape_from_text ("(None, 16, 8)", &pin));
  tn_draft_pin (draft, id, &pin);
  facts = infer_draft (draft);
  assert_verdict (facts, "fits-when", "C is 8.");
  assert_shape (facts, id, "(None, ⌊(H − 3)/2⌋ + 1, 4)");
}

/* Four poolings and four upsamplings: exactly the multiples of 16, said once for each name. */
static void
test_unet (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnFacts) facts = NULL;
  TnNodeId id = add_input (draft, "(None, H, W, 3)"), skips[4], joins[4];

  for (guint depth = 0; depth < 4; depth++)
    {
      skips[depth] = id = add_layer (draft, id, "Conv2D", NULL, "filters", "4", "kernel_size", "3",
                                     "padding", "same", NULL);
      id = add_layer (draft, id, "MaxPooling2D", NULL, NULL);
    }
  for (guint depth = 4; depth-- > 0;)
    {
      id = add_layer (draft, id, "UpSampling2D", NULL, NULL);
      joins[depth] = add_layer (draft, skips[depth], "Concatenate", NULL, NULL);
      wire (draft, id, joins[depth]);
      id = joins[depth];
    }
  facts = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      g_auto (TnAgreement) condition = tn_fits_condition (issue);

      g_assert_cmpstr (issue->code, ==, "fits-when");
      g_assert_cmpint (issue->severity, ==, TN_SEVERITY_WARNING);
      g_assert_cmpuint (issue->node, ==, joins[0]);
      g_assert_cmpstr (condition.symbol, ==, i == 0 ? "H" : "W");
      g_assert_nonnull (strstr (issue->message, i == 0 ? "fits when H is a multiple of 16."
                                                       : "fits when W is a multiple of 16."));
      for (gint64 value = 1; value <= 100; value++)
        g_assert_cmpint (tn_agreement_allows (&condition, value), ==, value % 16 == 0);
    }
  /* What is implied marks no edge either. */
  g_assert_cmpint (
      tn_facts_edge (facts, (guint)tn_graph_index (tn_facts_graph (facts), joins[3]), 0, 1), ==,
      TN_EDGE_OK);
  g_assert_cmpint (
      tn_facts_edge (facts, (guint)tn_graph_index (tn_facts_graph (facts), joins[0]), 0, 1), ==,
      TN_EDGE_WARNING);
  assert_shape (facts, id, "(None, ⌊H/16⌋·16, ⌊W/16⌋·16, 20)");
}

/* ---- at random ---- */

static const char *
random_of (const char *const *choices, guint n)
{
  return choices[g_test_rand_int_range (0, (int)n)];
}

/* One layer that changes height and width, behind @from. */
static TnNodeId
add_random (TnDraft *draft, TnNodeId from)
{
  static const char *const numbers[] = { "1", "2", "3", "4", "5" };
  static const char *const paddings[] = { "valid", "same" };
  const char *size = random_of (numbers, 5), *step = random_of (numbers, 3);
  const char *padding = random_of (paddings, 2);

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      return add_layer (draft, from, "Conv2D", NULL, "filters", "2", "kernel_size", size, "strides",
                        step, "padding", padding, NULL);
    case 1:
      return add_layer (draft, from, "Conv2D", NULL, "filters", "2", "kernel_size", size,
                        "dilation_rate", step, "padding", padding, NULL);
    case 2:
      return add_layer (draft, from, "MaxPooling2D", NULL, "pool_size", size, "strides", step,
                        "padding", padding, NULL);
    case 3:
      return add_layer (draft, from, "AveragePooling2D", NULL, "pool_size", size, "padding",
                        padding, NULL);
    case 4:
      return add_layer (draft, from, "ZeroPadding2D", NULL, "padding", "((0, 1), (2, 0))", NULL);
    case 5:
      return add_layer (draft, from, "Cropping2D", NULL, "cropping", "((1, 0), (0, 1))", NULL);
    case 6:
      return add_layer (draft, from, "UpSampling2D", NULL, "size", step, NULL);
    default:
      return add_layer (draft, from, "Conv2DTranspose", NULL, "filters", "2", "kernel_size", size,
                        "strides", step, "padding", padding, NULL);
    }
}

/* The same model with numbers. */
static TnFacts *
infer_numbers (const TnFacts *facts, TnNodeId input, gint64 height, gint64 width)
{
  g_autoptr (TnDraft) draft = tn_draft_new (tn_facts_graph (facts));
  g_autofree char *shape
      = g_strdup_printf ("(None, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", 2)", height, width);

  g_assert_true (tn_draft_set_text (draft, input, "batch_shape", shape, NULL));
  return infer_draft (draft);
}

static void
assert_evaluates (const TnShape *symbolic, const TnShape *numbers, gint64 height, gint64 width)
{
  static const char *const names[] = { "H", "W" };
  const gint64 values[] = { height, width };

  g_assert_cmpint (symbolic->rank, ==, numbers->rank);
  for (int axis = 1; axis < symbolic->rank; axis++)
    {
      gint64 value;

      g_assert_true (tn_dim_is_known (numbers->dims[axis]));
      g_assert_true (tn_symbol_evaluate (symbolic->dims[axis], names, values, 2, &value));
      g_assert_cmpint (value, ==, numbers->dims[axis].size);
    }
}

static void
test_random_chains (void)
{
  guint compared = 0;

  for (guint round = 0; round < N_CHAINS; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnFacts) facts = NULL;
      TnNodeId input = add_input (draft, "(None, H, W, 2)"), last = input;
      guint n = (guint)g_test_rand_int_range (1, 7);
      TnShape symbolic;
      g_autofree char *text = NULL;

      for (guint i = 0; i < n; i++)
        last = add_random (draft, last);
      if (g_test_rand_bit ())
        last = add_layer (draft, last, "Flatten", NULL, NULL);
      facts = infer_draft (draft);
      symbolic = tn_facts_shape (facts, (TnRef){ last, 0, 0 }, NULL);
      text = tn_shape_to_text (&symbolic);
      g_test_message ("%s", text);
      g_assert_false (tn_facts_has_errors (facts));
      for (guint i = 0; i < 6; i++)
        {
          gint64 height = g_test_rand_int_range (1, 120), width = g_test_rand_int_range (1, 120);
          g_autoptr (TnFacts) numbers = infer_numbers (facts, input, height, width);
          TnShape found = tn_facts_shape (numbers, (TnRef){ last, 0, 0 }, NULL);

          /* Windows need a least size, which goes without saying. */
          if (tn_facts_has_errors (numbers))
            continue;
          assert_evaluates (&symbolic, &found, height, width);
          compared++;
        }
    }
  g_assert_cmpuint (compared, >, N_CHAINS);
}

/* Two ways from the input to a Concatenate: it fits for those numbers that the verdict allows. */
static void
test_random_forks (void)
{
  guint n_kinds[TN_AGREES_SOMETIMES + 1] = { 0 };

  for (guint round = 0; round < N_FORKS; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnFacts) facts = NULL;
      TnNodeId input = add_input (draft, "(None, H, H, 2)"), ends[2] = { input, input }, join;
      gboolean never, decided = TRUE;
      guint n_conditions = 0;
      TnAgreement conditions[4];

      for (guint side = 0; side < 2; side++)
        for (guint i = 0; i < 2 + side; i++)
          ends[side] = add_random (draft, ends[side]);
      join = add_layer (draft, ends[0], "Concatenate", NULL, NULL);
      wire (draft, ends[1], join);
      facts = infer_draft (draft);
      never = find_code (facts, "concat-shape") != NULL;
      for (guint i = 0; i < tn_facts_n_issues (facts) && n_conditions < 4; i++)
        {
          TnAgreement condition = tn_fits_condition (tn_facts_issue (facts, i));

          if (condition.kind != TN_AGREES_UNKNOWN)
            conditions[n_conditions++] = condition;
          decided = decided && (condition.kind == TN_AGREES_UNKNOWN || condition.symbol != NULL);
        }
      n_kinds[never              ? TN_AGREES_NEVER
              : n_conditions > 0 ? TN_AGREES_SOMETIMES
                                 : TN_AGREES_ALWAYS]++;
      for (gint64 size = 1; size <= 40 && decided; size++)
        {
          g_autoptr (TnFacts) numbers = infer_numbers (facts, input, size, size);
          gboolean allowed = !never;

          for (guint i = 0; i < n_conditions; i++)
            allowed = allowed && tn_agreement_allows (&conditions[i], size);
          /* Too small for a window. */
          if (tn_facts_state (numbers, (guint)tn_graph_index (tn_facts_graph (numbers), join))
                  == TN_STATE_BLOCKED
              || find_code (numbers, "window-size") != NULL
              || find_code (numbers, "crop-size") != NULL)
            continue;
          g_assert_cmpint (find_code (numbers, "concat-shape") == NULL, ==, allowed);
        }
      for (guint i = 0; i < n_conditions; i++)
        tn_agreement_clear (&conditions[i]);
    }
  g_assert_cmpuint (n_kinds[TN_AGREES_NEVER], >, 0);
  g_assert_cmpuint (n_kinds[TN_AGREES_SOMETIMES], >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/infer/symbols/joins", test_joins);
  g_test_add_func ("/infer/symbols/chains", test_chains);
  g_test_add_func ("/infer/symbols/pin", test_pin);
  g_test_add_func ("/infer/symbols/unet", test_unet);
  g_test_add_func ("/infer/symbols/random-chains", test_random_chains);
  g_test_add_func ("/infer/symbols/random-forks", test_random_forks);
  return g_test_run ();
}
