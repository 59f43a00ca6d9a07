/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several mistakes in one model: each is marked once, what depends on them is not. */
#include "infer/tn-advice.h"
#include "test-models.h"

#define N_MODELS    300
#define MOST_FAULTS 4

/* A model that is being made: a chain whose last tensor is a map (None, h, w, c) or a row. */
typedef struct
{
  TnDraft *draft;
  GRand *random;
  TnNodeId last;
  gboolean is_map;
  guint channels; /* of a map */

  TnNodeId faults[MOST_FAULTS];
  const char *codes[MOST_FAULTS];
  guint n_faults;
} Maker;

static TnNodeId
add_sized (Maker *maker, const char *type, const char *param, guint size)
{
  g_autofree char *text = g_strdup_printf ("%u", size);

  return maker->last = add_layer (maker->draft, maker->last, type, NULL, param, text, NULL);
}

static TnNodeId
add_conv (Maker *maker, guint filters)
{
  g_autofree char *text = g_strdup_printf ("%u", filters);

  maker->channels = filters;
  return maker->last = add_layer (maker->draft, maker->last, "Conv2D", NULL, "filters", text,
                                  "kernel_size", "3", "padding", "same", NULL);
}

static void
mark (Maker *maker, const char *code)
{
  maker->faults[maker->n_faults] = maker->last;
  maker->codes[maker->n_faults++] = code;
}

static void
pin (Maker *maker, int rank, gint64 width)
{
  TnShape shape = { .rank = rank };

  for (int axis = 0; axis < rank; axis++)
    shape.dims[axis] = tn_dim (axis == rank - 1 ? width : TN_DIM_UNKNOWN);
  tn_draft_pin (maker->draft, maker->last, &shape);
}

/* ---- what is right ---- */

static void
add_filler (Maker *maker)
{
  guint choice = (guint)g_rand_int_range (maker->random, 0, 3);

  if (choice == 0)
    maker->last = add_layer (maker->draft, maker->last, "ReLU", NULL, NULL);
  else if (maker->is_map)
    add_conv (maker, 4 + 4 * choice);
  else
    add_sized (maker, "Dense", "units", 10 * choice);
}

static void
to_row (Maker *maker)
{
  if (maker->is_map)
    maker->last = add_layer (maker->draft, maker->last, "GlobalAveragePooling2D", NULL, NULL);
  maker->is_map = FALSE;
}

static void
to_map (Maker *maker)
{
  if (maker->is_map)
    return;
  add_sized (maker, "Dense", "units", 64);
  maker->last
      = add_layer (maker->draft, maker->last, "Reshape", NULL, "target_shape", "(4, 4, 4)", NULL);
  maker->is_map = TRUE;
  maker->channels = 4;
}

/* ---- mistakes after which it is known what was meant ---- */

static void
fault_dense_on_map (Maker *maker)
{
  to_map (maker);
  add_sized (maker, "Dense", "units", 32);
  maker->is_map = FALSE;
  mark (maker, "dense-rank");
}

static void
fault_dense_width (Maker *maker)
{
  to_row (maker);
  add_sized (maker, "Dense", "units", 16);
  pin (maker, 2, 777);
  mark (maker, "dense-width");
}

static void
fault_kernel_width (Maker *maker)
{
  to_map (maker);
  add_conv (maker, 8);
  pin (maker, 4, 777);
  mark (maker, "kernel-width");
}

static void
fault_reshape (Maker *maker)
{
  to_row (maker);
  add_sized (maker, "Dense", "units", 65);
  maker->last
      = add_layer (maker->draft, maker->last, "Reshape", NULL, "target_shape", "(4, 4, 4)", NULL);
  maker->is_map = TRUE;
  maker->channels = 4;
  mark (maker, "reshape-size");
}

static void
fault_merge (Maker *maker, const char *type, const char *code, guint strides)
{
  g_autofree char *text = g_strdup_printf ("%u", strides);
  TnNodeId fork;

  to_map (maker);
  fork = add_conv (maker, 8);
  maker->last = add_layer (maker->draft, fork, "Conv2D", NULL, "filters", "12", "kernel_size", "1",
                           "strides", text, NULL);
  maker->last = add_layer (maker->draft, fork, type, NULL, NULL);
  g_assert_true (tn_draft_connect (
      maker->draft,
      (TnRef){ tn_node_id (tn_draft_node (maker->draft, tn_draft_size (maker->draft) - 2)), 0, 0 },
      maker->last, 0, G_MAXUINT, NULL));
  mark (maker, code);
}

static void
fault_add (Maker *maker)
{
  fault_merge (maker, "Add", "merge-shape", 1);
}

static void
fault_concatenate (Maker *maker)
{
  fault_merge (maker, "Concatenate", "concat-shape", 2);
}

static void (*const open_faults[]) (Maker *maker)
    = { fault_dense_on_map, fault_dense_width, fault_kernel_width,
        fault_reshape,      fault_add,         fault_concatenate };

static TnFacts *
make_model (Maker *maker, guint n_faults)
{
  maker->last = add_layer (maker->draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape",
                           "(None, 16, 16, 4)", NULL);
  maker->is_map = TRUE;
  maker->channels = 4;
  for (guint i = 0; i < n_faults; i++)
    {
      add_filler (maker);
      open_faults[g_rand_int_range (maker->random, 0, G_N_ELEMENTS (open_faults))](maker);
    }
  to_row (maker);
  add_sized (maker, "Dense", "units", 5);
  return infer_draft (maker->draft);
}

static gboolean
is_fault (const TnIssue *issue)
{
  return issue->severity != TN_SEVERITY_WARNING;
}

/* Every fault that was put in is found, once, and nothing else. */
static void
assert_faults (const Maker *maker, const TnFacts *facts)
{
  guint seen[MOST_FAULTS] = { 0 }, n = 0;

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      guint at = 0;

      if (!is_fault (issue))
        continue;
      n++;
      while (at < maker->n_faults && maker->faults[at] != issue->node)
        at++;
      if (at == maker->n_faults)
        g_error ("not wrong, but marked: %s", issue->message);
      g_assert_cmpstr (issue->code, ==, maker->codes[at]);
      seen[at]++;
    }
  g_assert_cmpuint (n, ==, maker->n_faults);
  for (guint i = 0; i < maker->n_faults; i++)
    g_assert_cmpuint (seen[i], ==, 1);
}

/* Each repair of one leaves the others as they are. */
static void
assert_independent (const Maker *maker, const TnFacts *facts)
{
  g_autoptr (TnAdvice) advice = tn_advise (facts, NULL);

  for (guint position = 0; position < tn_facts_n_issues (facts); position++)
    {
      if (!is_fault (tn_facts_issue (facts, position)))
        continue;
      if (tn_advice_n_fixes (advice, position) == 0)
        g_error ("no repair: %s", tn_facts_issue (facts, position)->message);
      for (guint i = 0; i < tn_advice_n_fixes (advice, position); i++)
        {
          g_autoptr (TnFacts) after
              = tn_infer (tn_advice_fix (advice, position, i)->graph, NULL, NULL);
          guint left = 0;

          for (guint j = 0; j < tn_facts_n_issues (after); j++)
            left += is_fault (tn_facts_issue (after, j));
          g_assert_cmpuint (left, <, maker->n_faults);
        }
    }
}

static void
test_assumed (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260);

  for (guint i = 0; i < N_MODELS; i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      Maker maker = { .draft = draft, .random = random };
      g_autoptr (TnFacts) facts = make_model (&maker, 2 + i % (MOST_FAULTS - 1));
      gboolean assumed = FALSE;
      TnShape end = tn_facts_shape (facts, (TnRef){ maker.last, 0, 0 }, &assumed);

      assert_faults (&maker, facts);
      /* The last layer, which is right, is told its shape for the time when all is mended. */
      g_assert_true (assumed);
      g_assert_cmpint (end.rank, ==, 2);
      g_assert_cmpint (end.dims[1].size, ==, 5);
      if (i % 10 == 0)
        assert_independent (&maker, facts);
    }
}

/* Nothing is said of what stands behind a layer whose output nobody can know. */
static void
test_blocked (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 4, 4, 3)", NULL);
  TnNodeId window = add_layer (draft, id, "MaxPooling2D", NULL, "pool_size", "7", NULL);
  TnNodeId flatten = add_layer (draft, window, "Flatten", NULL, NULL);
  TnNodeId dense = add_layer (draft, flatten, "Dense", NULL, "units", "5", NULL);
  TnNodeId other = add_layer (draft, id, "Dense", NULL, "units", "5", NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  const TnGraph *graph = tn_facts_graph (facts);

  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 2);
  g_assert_cmpint (tn_facts_state (facts, (guint)tn_graph_index (graph, window)), ==,
                   TN_STATE_WRONG);
  g_assert_cmpint (tn_facts_state (facts, (guint)tn_graph_index (graph, flatten)), ==,
                   TN_STATE_BLOCKED);
  g_assert_cmpint (tn_facts_state (facts, (guint)tn_graph_index (graph, dense)), ==,
                   TN_STATE_BLOCKED);
  /* What does not depend on it is judged all the same. */
  g_assert_cmpint (tn_facts_state (facts, (guint)tn_graph_index (graph, other)), ==,
                   TN_STATE_WRONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/assumed", test_assumed);
  g_test_add_func ("/faults/blocked", test_blocked);
  return g_test_run ();
}
