/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver: rules are read off verdicts only when they are sure, hold where they were not tried,
 * and what it offers does what it says. */
#include <string.h>

#include "infer/tn-solve.h"
#include "test-models.h"

/* ---- rules ---- */

typedef gboolean (*Verdict) (gint64 size);

static gboolean
any (gint64 size)
{
  return TRUE;
}

static gboolean
at_least_28 (gint64 size)
{
  return size >= 28;
}

static gboolean
multiple_of_16 (gint64 size)
{
  return size % 16 == 0;
}

static gboolean
valid_unet (gint64 size)
{
  return size >= 188 && size % 16 == 12;
}

static gboolean
two_residues (gint64 size)
{
  return size >= 5 && (size % 4 == 0 || size % 4 == 1);
}

static gboolean
one_more (gint64 size)
{
  return size == 1 || size % 8 == 0;
}

static gboolean
a_range (gint64 size)
{
  return size >= 28 && size <= 31;
}

static gboolean
two_sizes (gint64 size)
{
  return size == 30 || size == 41;
}

static void
test_rules (void)
{
  static const struct
  {
    Verdict verdict;
    guint hint;
    TnSizesKind kind;
    const char *text;
  } cases[] = {
    { any, 1, TN_SIZES_FROM, "any" },
    { at_least_28, 4, TN_SIZES_FROM, "at least 28" },
    { multiple_of_16, 16, TN_SIZES_FROM, "multiples of 16" },
    { multiple_of_16, 1, TN_SIZES_FROM, "multiples of 16" },
    { valid_unet, 16, TN_SIZES_FROM, "16·n + 12, at least 188" },
    { two_residues, 4, TN_SIZES_FROM, "those that leave 0 and 1 when divided by 4, from 5 on" },
    { one_more, 8, TN_SIZES_FROM, "multiples of 8; also 1" },
    { a_range, 2, TN_SIZES_RANGE, "28 to 31" },
    { two_sizes, 2, TN_SIZES_SET, "only 30 and 41" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 verdicts[1024];
      TnSizesRule rule = { .kind = TN_SIZES_NONE };
      g_autofree char *text = NULL;
      guint n = 0;
      gboolean found = FALSE;

      while (n < G_N_ELEMENTS (verdicts) && !found)
        {
          verdicts[n] = cases[i].verdict (n + 1);
          n++;
          found = tn_sizes_rule_find (verdicts, n, cases[i].hint, &rule);
        }
      g_assert_true (found);
      text = tn_sizes_rule_to_text (&rule);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (rule.kind, ==, cases[i].kind);
      for (gint64 size = 1; size < 5000; size++)
        g_assert_cmpint (tn_sizes_rule_allows (&rule, size), ==, cases[i].verdict (size));
      tn_sizes_rule_clear (&rule);
    }
}

/* Too little was seen, or nothing worked: no rule is made up. */
static void
test_no_rule (void)
{
  guint8 verdicts[1024] = { 0 };
  TnSizesRule rule;

  g_assert_false (tn_sizes_rule_find (verdicts, 0, 1, &rule));
  g_assert_false (tn_sizes_rule_find (verdicts, G_N_ELEMENTS (verdicts), 16, &rule));
  memset (verdicts, 1, 20);
  g_assert_false (tn_sizes_rule_find (verdicts, 12, 1, &rule));
  g_assert_false (tn_sizes_rule_find (verdicts, 20, 16, &rule));
  verdicts[700] = 1;
  g_assert_false (tn_sizes_rule_find (verdicts, 720, 1, &rule));
}

/* ---- sizes ---- */

/* Two poolings down and up again, with skips: sizes must be multiples of 4. */
static TnDraft *
small_unet (const char *shape)
{
  TnDraft *draft = tn_draft_new (NULL);
  TnNodeId image
      = add_layer (draft, TN_NODE_NONE, "InputLayer", "image", "batch_shape", shape, NULL);
  TnNodeId skip[2], id = image;

  for (guint i = 0; i < 2; i++)
    {
      skip[i] = add_layer (draft, id, "Conv2D", NULL, "filters", "4", "kernel_size", "3", "padding",
                           "same", NULL);
      id = add_layer (draft, skip[i], "MaxPooling2D", NULL, NULL);
    }
  for (guint i = 2; i-- > 0;)
    {
      TnNodeId up = add_layer (draft, id, "UpSampling2D", NULL, NULL);

      id = add_layer (draft, skip[i], "Concatenate", NULL, NULL);
      g_assert_true (tn_draft_connect (draft, (TnRef){ up, 0, 0 }, id, 0, G_MAXUINT, NULL));
    }
  return draft;
}

static GPtrArray *
solve_sizes (TnDraft *draft, guint n)
{
  g_autoptr (TnFacts) facts = infer_draft (draft);
  GPtrArray *found = tn_solve_sizes (facts, TN_NODE_NONE, NULL);

  g_assert_nonnull (found);
  g_assert_cmpuint (found->len, ==, n);
  return found;
}

static void
assert_sentence (const GPtrArray *found, guint at, const char *sentence)
{
  g_assert_cmpstr (((const TnSizes *)found->pdata[at])->sentence, ==, sentence);
}

static void
test_unet (void)
{
  g_autoptr (TnDraft) draft = small_unet ("(None, 30, 30, 3)");
  g_autoptr (GPtrArray) found = solve_sizes (draft, 2);
  const TnSizes *sizes = found->pdata[0];
  const TnFix *fix;
  g_autoptr (TnFacts) after = NULL;

  assert_sentence (found, 0, "Height and width: multiples of 4; nearest to 30: 28 and 32.");
  assert_sentence (found, 1, "Channels: any.");
  g_assert_false (sizes->works);
  g_assert_cmpuint (sizes->fixes->len, ==, 2);
  fix = sizes->fixes->pdata[1];
  g_assert_cmpstr (fix->label, ==, "Set height and width to 32");
  g_assert_cmpstr (fix->id, ==, "2");
  after = tn_infer (fix->graph, NULL, NULL);
  g_assert_cmpuint (tn_facts_totals (after).n_errors, ==, 0);
  assert_shape (after, 1, "(None, 32, 32, 3)");
}

/* Each side has its own nearest, and one click sets both. */
static void
test_oblong (void)
{
  g_autoptr (TnDraft) draft = small_unet ("(None, 30, 17, 3)");
  g_autoptr (GPtrArray) found = solve_sizes (draft, 3);
  const TnSizes *sizes = found->pdata[0];
  g_autoptr (TnFacts) after = NULL;

  assert_sentence (found, 0, "Height: multiples of 4; nearest to 30: 28 and 32.");
  assert_sentence (found, 1, "Width: multiples of 4; nearest to 17: 16 and 20.");
  g_assert_cmpuint (sizes->fixes->len, ==, 1);
  after = tn_infer (((const TnFix *)sizes->fixes->pdata[0])->graph, NULL, NULL);
  g_assert_cmpuint (tn_facts_totals (after).n_errors, ==, 0);
  assert_shape (after, 1, "(None, 28, 16, 3)");
}

static void
test_open (void)
{
  g_autoptr (TnDraft) draft = small_unet ("(None, None, None, 3)");
  g_autoptr (GPtrArray) found = solve_sizes (draft, 2);

  assert_sentence (found, 0, "Height and width: multiples of 4.");
  g_assert_true (((const TnSizes *)found->pdata[0])->works);
}

/* Height and width are swapped and added: they have to be equal. */
static void
test_equal (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId image
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 9, 9, 3)", NULL);
  TnNodeId turned = add_layer (draft, image, "Permute", NULL, "dims", "(2, 1, 3)", NULL);
  TnNodeId add = add_layer (draft, image, "Add", NULL, NULL);
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (tn_draft_connect (draft, (TnRef){ turned, 0, 0 }, add, 0, G_MAXUINT, NULL));
  found = solve_sizes (draft, 2);
  assert_sentence (found, 0, "Height and width (the same for all): any.");
}

/* Two inputs that are added can grow only together. */
static void
test_two_inputs (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId left
      = add_layer (draft, TN_NODE_NONE, "InputLayer", "left", "batch_shape", "(None, 16)", NULL);
  TnNodeId right
      = add_layer (draft, TN_NODE_NONE, "InputLayer", "right", "batch_shape", "(None, 16)", NULL);
  TnNodeId both = add_layer (draft, left, "Concatenate", NULL, "axis", "1", NULL);
  TnNodeId dot = add_layer (draft, left, "Dot", NULL, "axes", "1", NULL);
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (tn_draft_connect (draft, (TnRef){ right, 0, 0 }, both, 0, G_MAXUINT, NULL));
  g_assert_true (tn_draft_connect (draft, (TnRef){ right, 0, 0 }, dot, 0, G_MAXUINT, NULL));
  found = solve_sizes (draft, 1);
  assert_sentence (found, 0, "Features of left, features of right: any.");
}

/* What no size mends is told, once. */
static void
test_fault (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId dense
      = add_layer (draft, add_convolutions (draft), "Dense", "dense_2", "units", "256", NULL);
  g_autoptr (GPtrArray) found = solve_sizes (draft, 1);
  const TnSizes *sizes = found->pdata[0];

  g_assert_cmpuint (dense, !=, TN_NODE_NONE);
  g_assert_cmpint (sizes->rule.kind, ==, TN_SIZES_NONE);
  g_assert_nonnull (strstr (sizes->fault, "(None, 11, 11, 64)"));
  g_assert_true (g_str_has_prefix (sizes->sentence,
                                   "Height, width and channels: no size works while this remains: "
                                   "dense_2 "));
}

static void
test_cancelled (void)
{
  g_autoptr (TnDraft) draft = small_unet ("(None, 30, 30, 3)");
  g_autoptr (TnFacts) facts = infer_draft (draft);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (tn_solve_sizes (facts, TN_NODE_NONE, cancellable));
}

/* ---- another shape ---- */

static void
count_reports (const GPtrArray *fixes, gpointer data)
{
  g_assert_cmpuint (fixes->len, >, 0);
  ++*(guint *)data;
}

/* Each way has the wanted shape, brings no issue, and costs what it says. */
static GPtrArray *
solve_shape (const TnFacts *facts, TnNodeId id, const char *wanted)
{
  TnGoal goal = { .ref = { id, 0, 0 } };
  GPtrArray *fixes;
  guint n_found = 0;

  g_assert_true (tn_shape_from_text (wanted, &goal.wanted));
  fixes = tn_solve_shape (facts, &goal, count_reports, &n_found, NULL);
  g_assert_nonnull (fixes);
  g_assert_cmpuint (fixes->len, <=, TN_SOLVE_MOST);
  g_assert_cmpuint (n_found, >=, fixes->len);
  for (guint i = 0; i < fixes->len; i++)
    {
      const TnFix *fix = fixes->pdata[i];
      g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);
      TnRef made = goal.ref;
      TnShape shape;

      /* The last layer that was put in, if any was. */
      for (guint j = 0; j < fix->touched->len; j++)
        if (tn_graph_find (tn_facts_graph (facts), g_array_index (fix->touched, TnNodeId, j))
            == NULL)
          made.node = g_array_index (fix->touched, TnNodeId, j);
      shape = tn_facts_shape (after, made, NULL);
      if (shape.rank != goal.wanted.rank || !tn_shape_compatible (&shape, &goal.wanted))
        g_error ("“%s” does not make %s", fix->label, wanted);
      g_assert_cmpuint (tn_facts_totals (after).n_errors, <=, tn_facts_totals (facts).n_errors);
      g_assert_cmpint (tn_facts_totals (after).params - tn_facts_totals (facts).params, ==,
                       fix->params_delta);
    }
  return fixes;
}

static gboolean
offers (const GPtrArray *fixes, const char *label)
{
  for (guint i = 0; i < fixes->len; i++)
    if (strcmp (((const TnFix *)fixes->pdata[i])->label, label) == 0)
      return TRUE;
  return FALSE;
}

static void
test_shape_parameter (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  g_autoptr (GPtrArray) fewer = solve_shape (facts, last, "(None, 11, 11, 48)");
  g_autoptr (GPtrArray) smaller = solve_shape (facts, last, "(None, 9, 9, None)");
  g_autoptr (GPtrArray) larger = solve_shape (facts, last, "(None, 13, 13, 64)");
  g_autoptr (GPtrArray) both = solve_shape (facts, last, "(None, 5, 5, 16)");
  g_autoptr (GPtrArray) same = solve_shape (facts, last, "(None, 11, None, 64)");

  g_assert_cmpstr (((const TnFix *)fewer->pdata[0])->label, ==, "Set filters of conv2d_1 to 48");
  g_assert_true (offers (smaller, "Set kernel_size of conv2d_1 to (5, 5)"));
  g_assert_true (offers (larger, "Set padding of conv2d_1 to 'same'"));
  g_assert_true (
      offers (both, "Set filters of conv2d_1 to 16; Insert MaxPooling2D((2, 2)) after conv2d_1")
      || offers (both, "Set filters of conv2d_1 to 16; Set strides of conv2d_1 to (2, 2)"));
  g_assert_cmpuint (same->len, ==, 0);
}

static void
test_shape_insert (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add_convolutions (draft);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  g_autoptr (GPtrArray) flat = solve_shape (facts, last, "(None, 7744)");
  g_autoptr (GPtrArray) mean = solve_shape (facts, last, "(None, 64)");
  g_autoptr (GPtrArray) row = solve_shape (facts, last, "(None, 256)");
  g_autoptr (GPtrArray) up = solve_shape (facts, last, "(None, 22, 22, 64)");

  g_assert_true (offers (flat, "Insert Flatten after conv2d_1"));
  g_assert_true (offers (mean, "Insert GlobalAveragePooling2D after conv2d_1"));
  g_assert_true (
      offers (row, "Insert GlobalAveragePooling2D after conv2d_1; Set filters of conv2d_1 to 256"));
  g_assert_true (offers (up, "Insert UpSampling2D((2, 2)) after conv2d_1"));
}

static void
test_shape_cancelled (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnGoal goal = { .ref = { add_convolutions (draft), 0, 0 } };
  g_autoptr (TnFacts) facts = infer_draft (draft);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_true (tn_shape_from_text ("(None, 3, 3, 64)", &goal.wanted));
  g_assert_null (tn_solve_shape (facts, &goal, NULL, NULL, cancellable));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solve/rules", test_rules);
  g_test_add_func ("/solve/no-rule", test_no_rule);
  g_test_add_func ("/solve/sizes/unet", test_unet);
  g_test_add_func ("/solve/sizes/oblong", test_oblong);
  g_test_add_func ("/solve/sizes/open", test_open);
  g_test_add_func ("/solve/sizes/equal", test_equal);
  g_test_add_func ("/solve/sizes/two-inputs", test_two_inputs);
  g_test_add_func ("/solve/sizes/fault", test_fault);
  g_test_add_func ("/solve/sizes/cancelled", test_cancelled);
  g_test_add_func ("/solve/shape/parameter", test_shape_parameter);
  g_test_add_func ("/solve/shape/insert", test_shape_insert);
  g_test_add_func ("/solve/shape/cancelled", test_shape_cancelled);
  return g_test_run ();
}
