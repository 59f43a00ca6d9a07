/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One search for the sizes of some axes that work: how many are tried, and when that is enough. */
#include <string.h>

#include "infer/tn-solve-private.h"

/* Bounds of the effort for one search: sizes tried in a row, and layers judged by all of them. */
#define MOST_ROW     1024
#define LEAST_ROW    96
#define MOST_JUDGED  600000
#define LARGEST_HINT 256
#define PROBES       16 /* sizes looked at in each of the far places */
#define LARGEST_SIZE (G_MAXINT64 / 1024)

/* Sizes tried on the axes of one TnSizes. */
typedef struct
{
  /* borrowed */
  const TnFacts *facts;
  const GArray *axes;
  GCancellable *cancellable;

  /* state */
  guint8 verdicts[MOST_ROW];
  guint n;
  guint n_errors;   /* the fewest that any size left */
  gint64 n_at;      /* that size */
  gboolean stopped; /* cancelled */
} Search;

/* ---- trying ---- */

TnGraph *
tn_solve_with_size (const TnGraph *graph, const GArray *axes, gint64 size)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < axes->len; i++)
    {
      TnSizeAxis axis = g_array_index (axes, TnSizeAxis, i);
      g_autoptr (TnValue) dims = tn_node_value (tn_draft_find (draft, axis.input), TN_INPUT_SHAPE);
      g_autoptr (TnValue) value = NULL;
      TnValue *items[TN_MAX_RANK];
      gsize rank = MIN (tn_value_size (dims), TN_MAX_RANK);

      for (gsize at = 0; at < rank; at++)
        items[at] = (int)at == axis.axis ? tn_value_new_int (size)
                                         : tn_value_ref (tn_value_at (dims, at));
      value = tn_value_new_list (items, rank);
      tn_draft_set (draft, axis.input, TN_INPUT_SHAPE, value, FALSE, NULL);
    }
  return tn_draft_finish (draft);
}

/* NULL when cancelled. */
static TnFacts *
infer_size (Search *self, gint64 size)
{
  g_autoptr (TnGraph) graph = tn_solve_with_size (tn_facts_graph (self->facts), self->axes, size);
  TnFacts *facts = tn_infer (graph, self->facts, self->cancellable);

  if (facts == NULL)
    self->stopped = TRUE;
  return facts;
}

static gboolean
try_size (Search *self, gint64 size)
{
  g_autoptr (TnFacts) facts = NULL;
  guint n_errors;

  if (self->stopped)
    return FALSE;
  if (size >= 1 && size <= self->n)
    return self->verdicts[size - 1];
  facts = infer_size (self, size);
  if (facts == NULL)
    return FALSE;
  n_errors = tn_facts_totals (facts).n_errors;
  if (self->n_at == 0 || n_errors < self->n_errors)
    {
      self->n_errors = n_errors;
      self->n_at = size;
    }
  return n_errors == 0;
}

/* ---- how far to look ---- */

/* What an axis of a tensor does when the input grows: @gain more for every @period. */
typedef struct
{
  gint64 period;
  gint64 gain;
} Growth;

static gint64
gcd (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* The largest step of a layer, "strides" or, where that is left open, its window. */
static gint64
largest_step (const TnNode *node, const char *name, const char *instead)
{
  const TnSchema *schema = tn_node_schema (node);
  int param = tn_schema_param (schema, name);
  gint64 steps[TN_MAX_RANK], largest = 1;

  if (param >= 0 && schema->params[param].kind == TN_PARAM_INTS
      && schema->params[param].length <= TN_MAX_RANK && tn_node_ints (node, (guint)param, steps))
    for (guint i = 0; i < schema->params[param].length; i++)
      largest = MAX (largest, steps[i]);
  else if (param >= 0 && schema->params[param].kind == TN_PARAM_INT)
    largest = MAX (largest, tn_node_int (node, (guint)param));
  else if (instead != NULL)
    return largest_step (node, instead, NULL);
  return largest;
}

static Growth
join_growth (Growth a, Growth b)
{
  gint64 period = a.period / gcd (a.period, b.period) * b.period;

  if (period > LARGEST_HINT)
    return a.period > b.period ? a : b;
  return (Growth){ period, a.gain * (period / a.period) };
}

static Growth
grow (Growth in, const TnNode *node)
{
  gboolean up = strstr (tn_node_type (node), "Transpose") != NULL;
  gint64 step = largest_step (node, "strides", "pool_size");

  if (g_str_has_prefix (tn_node_type (node), "UpSampling"))
    return (Growth){ in.period, MIN (in.gain * largest_step (node, "size", NULL), LARGEST_SIZE) };
  if (up)
    return (Growth){ in.period, MIN (in.gain, LARGEST_HINT) * MIN (step, LARGEST_HINT) };
  if (step > 1 && step <= LARGEST_HINT)
    {
      gint64 times = step / gcd (in.gain, step);

      if (in.period * times <= LARGEST_HINT)
        return (Growth){ in.period * times, MAX (in.gain * times / step, 1) };
    }
  return in;
}

/* The period with which the verdict is likely to repeat; only how far to look depends on it. */
static guint
find_hint (const TnGraph *graph)
{
  g_autofree Growth *growth = g_new (Growth, MAX (tn_graph_size (graph), 1));
  Growth all = { 1, 1 };

  for (guint i = 0; i < tn_graph_size (graph); i++)
    growth[i] = all;
  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      TnGraphStep step = tn_graph_step (graph, position);
      const TnNode *node = tn_graph_node (graph, step.index);
      Growth in = { 1, 1 };

      for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
        {
          int index = tn_graph_index (graph, tn_node_input (node, step.call, slot).node);

          if (index >= 0)
            in = slot == 0 ? growth[index] : join_growth (in, growth[index]);
        }
      growth[step.index] = grow (in, node);
      all = join_growth (all, growth[step.index]);
    }
  return (guint)MAX (all.period, 1);
}

/* ---- one search ---- */

static guint
most_in_a_row (const TnGraph *graph)
{
  return (guint)CLAMP (MOST_JUDGED / MAX (tn_graph_n_steps (graph), 1), LEAST_ROW, MOST_ROW);
}

/* Does the rule hold far beyond the sizes it was read off as well, and about @present? */
static gboolean
holds_beyond (Search *self, const TnSizesRule *rule, gint64 present)
{
  gint64 places[] = { 3 * (gint64)self->n + 1, 4099, present - PROBES / 2 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (gint64 size = MAX (places[i], 1); size < places[i] + PROBES && !self->stopped; size++)
      if (try_size (self, size) != tn_sizes_rule_allows (rule, size))
        return FALSE;
  /* Of a long period, the sizes that are said to work. */
  for (guint i = 0; rule->kind == TN_SIZES_FROM && i < MIN (rule->residues->len, PROBES); i++)
    {
      gint64 size = 3 * (gint64)self->n / rule->step * rule->step
                    + g_array_index (rule->residues, gint64, i);

      if (size >= rule->least && !try_size (self, size))
        return FALSE;
    }
  return !self->stopped;
}

static void
add_size (GArray *sizes, gint64 size)
{
  guint at = 0;

  while (at < sizes->len && g_array_index (sizes, gint64, at) < size)
    at++;
  if (at == sizes->len || g_array_index (sizes, gint64, at) != size)
    g_array_insert_val (sizes, at, size);
}

/* No rule in the row: what works about the present size, and at some far ones. A number that a
 * layer was made for may be anywhere. */
static void
search_about (Search *self, gint64 present, guint hint, TnSizesRule *rule)
{
  gint64 reach = MAX (2 * (gint64)hint, PROBES);
  gboolean goes_on = self->n > 0 && self->verdicts[self->n - 1];

  rule->kind = TN_SIZES_UNSURE;
  rule->tried = self->n;
  rule->sizes = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < self->n; i++)
    if (self->verdicts[i])
      add_size (rule->sizes, i + 1);
  for (gint64 size = MAX (present - reach, 1); size <= present + reach && !self->stopped; size++)
    if (try_size (self, size))
      add_size (rule->sizes, size);
  for (gint64 place = (gint64)self->n; place < 1 << 14 && !self->stopped; place *= 2)
    for (gint64 size = place + 1; size <= place + reach && !self->stopped; size++)
      if (try_size (self, size) && size > present + reach)
        {
          add_size (rule->sizes, size);
          goes_on = TRUE;
        }
  if (rule->sizes->len == 0)
    rule->kind = TN_SIZES_NONE;
  else if (!goes_on)
    {
      rule->least = g_array_index (rule->sizes, gint64, 0);
      rule->most = g_array_index (rule->sizes, gint64, rule->sizes->len - 1);
      rule->kind = rule->most - rule->least + 1 == (gint64)rule->sizes->len && rule->sizes->len > 2
                       ? TN_SIZES_RANGE
                       : TN_SIZES_SET;
    }
}

static void
search_rule (Search *self, gint64 present, TnSizesRule *rule)
{
  const TnGraph *graph = tn_facts_graph (self->facts);
  guint hint = find_hint (graph), most = most_in_a_row (graph), next = 32;

  /* First, so that where nothing helps the fault of the model as it is gets told. */
  if (present > 0)
    try_size (self, present);
  while (self->n < most && !self->stopped)
    {
      gboolean works = try_size (self, (gint64)self->n + 1);

      self->verdicts[self->n++] = works;
      /* Looked for ever more rarely: finding costs as well. */
      if (self->n != next && self->n != most)
        continue;
      next = MIN (next + MAX (next / 4, 16), most);
      if (!tn_sizes_rule_find (self->verdicts, self->n, hint, rule))
        continue;
      if (holds_beyond (self, rule, present))
        return;
      tn_sizes_rule_clear (rule);
    }
  if (!self->stopped)
    search_about (self, present, hint, rule);
}

gboolean
tn_solve_search (const TnFacts *facts, const GArray *axes, gint64 present, TnSizesRule *rule,
                 gint64 *best, GCancellable *cancellable)
{
  g_autofree Search *search = g_new0 (Search, 1);

  search->facts = facts;
  search->axes = axes;
  search->cancellable = cancellable;
  search_rule (search, MIN (present, 1 << 20), rule);
  *best = MAX (search->n_at, 1);
  return !search->stopped;
}
