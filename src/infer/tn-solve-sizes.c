/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sizes of the inputs work: which axes are searched, alone and together, and how that is
 * told.
 */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"
#include "infer/tn-solve-private.h"

#define MOST_AXES (TN_MAX_RANK * 4) /* that are changed together */

/* ---- what is told ---- */

/* Keras's words for an axis, by where the channels are. */
static const char *
axis_name (const TnSizeAxis *axis, int rank, gboolean channels_first)
{
  static const char *const spatial[] = { N_ ("depth"), N_ ("height"), N_ ("width") };
  int channels = channels_first ? 1 : rank - 1;
  int place = axis->axis - (channels_first ? 2 : 1);

  if (rank >= 4 && axis->axis == channels)
    return _ ("channels");
  if (rank <= 3 && axis->axis == channels)
    return _ ("features");
  if (rank == 3)
    return _ ("steps");
  if (rank == 4 || rank == 5)
    return _ (spatial[place + 5 - rank]);
  return NULL;
}

/* Do the layers that the input leads to have their channels first? The nearest that says so. */
static gboolean
is_channels_first (const TnGraph *graph, TnNodeId input)
{
  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      const TnNode *node = tn_graph_node (graph, tn_graph_step (graph, position).index);
      int param = tn_schema_param (tn_node_schema (node), "data_format");

      if (param >= 0 && tn_graph_depends (graph, tn_node_id (node), input))
        return g_strcmp0 (tn_node_string (node, (guint)param), "channels_first") == 0;
    }
  return FALSE;
}

static int
input_rank (const TnGraph *graph, TnNodeId input)
{
  TnShape shape;

  return tn_node_dims (tn_graph_find (graph, input), TN_INPUT_SHAPE, &shape) ? shape.rank : -1;
}

static gint64
input_size (const TnGraph *graph, TnSizeAxis axis)
{
  TnShape shape;

  if (!tn_node_dims (tn_graph_find (graph, axis.input), TN_INPUT_SHAPE, &shape)
      || axis.axis >= shape.rank)
    return TN_DIM_UNKNOWN;
  return shape.dims[axis.axis].size;
}

static gint64
present_size (const TnGraph *graph, const GArray *axes)
{
  gint64 size = input_size (graph, g_array_index (axes, TnSizeAxis, 0));

  for (guint i = 1; i < axes->len; i++)
    if (input_size (graph, g_array_index (axes, TnSizeAxis, i)) != size)
      return TN_DIM_UNKNOWN;
  return size;
}

/* "height and width", "height and width of left, height of right". */
static char *
axes_text (const TnGraph *graph, const GArray *axes)
{
  GString *out = g_string_new (NULL);
  TnNodeId before = TN_NODE_NONE;
  guint n_inputs = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    n_inputs += tn_node_is_source (tn_graph_node (graph, i));
  for (guint i = 0; i < axes->len; i++)
    {
      const TnSizeAxis *axis = &g_array_index (axes, TnSizeAxis, i);
      gboolean last_of_input
          = i + 1 == axes->len || g_array_index (axes, TnSizeAxis, i + 1).input != axis->input;
      const char *name = axis_name (axis, input_rank (graph, axis->input),
                                    is_channels_first (graph, axis->input));
      g_autofree char *number = g_strdup_printf (_ ("axis %d"), axis->axis);

      if (i > 0)
        g_string_append (out,
                         before == axis->input && last_of_input ? C_ ("numbers", " and ") : ", ");
      g_string_append (out, name != NULL ? name : number);
      if (last_of_input && n_inputs > 1)
        /* Translators: height (and width) of input_1 */
        g_string_append_printf (out, _ (" of %s"),
                                tn_node_name (tn_graph_find (graph, axis->input)));
      before = axis->input;
    }
  return g_string_free (out, FALSE);
}

/* "height and width" with a great letter, at the head of a sentence. */
static char *
as_head (const char *text)
{
  gunichar first = g_unichar_toupper (g_utf8_get_char (text));
  GString *out = g_string_new (NULL);

  g_string_append_unichar (out, first);
  g_string_append (out, g_utf8_next_char (text));
  return g_string_free (out, FALSE);
}

static char *
make_sentence (const TnGraph *graph, const TnSizes *sizes)
{
  g_autofree char *axes = axes_text (graph, sizes->axes);
  g_autofree char *same = sizes->equal
                              /* Translators: "height and width (the same for all)" */
                              ? g_strdup_printf (_ ("%s (the same for all)"), axes)
                              : NULL;
  g_autofree char *head = as_head (same != NULL ? same : axes);
  g_autofree char *rule = tn_sizes_rule_to_text (&sizes->rule);
  g_autofree char *present = g_strdup_printf ("%" PRIi64, sizes->present);
  g_autofree char *below = g_strdup_printf ("%" PRIi64, sizes->below);
  g_autofree char *above = g_strdup_printf ("%" PRIi64, sizes->above);

  if (sizes->rule.kind == TN_SIZES_NONE)
    return g_strdup_printf (_ ("%s: no size works while this remains: %s"), head,
                            sizes->fault != NULL ? sizes->fault : "");
  if (sizes->works || sizes->present < 0 || (sizes->below == 0 && sizes->above == 0))
    /* Translators: "Height and width: multiples of 16." */
    return g_strdup_printf (_ ("%s: %s."), head, rule);
  if (sizes->below > 0 && sizes->above > 0)
    /* Translators: "Height and width: multiples of 16; nearest to 420: 416 and 432." */
    return g_strdup_printf (_ ("%s: %s; nearest to %s: %s and %s."), head, rule, present, below,
                            above);
  /* Translators: "Features: only 784; nearest to 700: 784." */
  return g_strdup_printf (_ ("%s: %s; nearest to %s: %s."), head, rule, present,
                          sizes->below > 0 ? below : above);
}

/* The nearest sizes that the rule allows, each side of the present one. */
static void
find_nearest (TnSizes *sizes)
{
  const TnSizesRule *rule = &sizes->rule;
  gint64 reach = MAX (rule->step, 1) + MAX (rule->most, 0), most;

  if (sizes->present < 0 || rule->kind == TN_SIZES_NONE)
    return;
  for (guint i = 0; rule->sizes != NULL && i < rule->sizes->len; i++)
    reach = MAX (reach, g_array_index (rule->sizes, gint64, i));
  reach = MIN (MAX (reach, rule->least), 1 << 20);
  most = MAX (sizes->present, reach) + reach;
  for (gint64 size = MIN (sizes->present - 1, 1 << 24); size >= 1 && sizes->below == 0; size--)
    if (tn_sizes_rule_allows (rule, size))
      sizes->below = size;
  for (gint64 size = sizes->present + 1; size <= most && sizes->above == 0; size++)
    if (tn_sizes_rule_allows (rule, size))
      sizes->above = size;
}

/* NULL when cancelled. */
static TnFacts *
infer_size (const TnFacts *facts, const TnSizes *sizes, gint64 size, GCancellable *cancellable)
{
  g_autoptr (TnGraph) graph = tn_solve_with_size (tn_facts_graph (facts), sizes->axes, size);

  return tn_infer (graph, facts, cancellable);
}

static void
add_fix (const TnFacts *facts, TnSizes *sizes, gint64 size, GCancellable *cancellable)
{
  g_autoptr (TnFacts) after = size > 0 ? infer_size (facts, sizes, size, cancellable) : NULL;
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autofree char *axes = NULL;

  if (after == NULL || tn_facts_totals (after).n_errors > 0)
    return;
  axes = axes_text (tn_facts_graph (facts), sizes->axes);
  for (guint i = 0; i < sizes->axes->len; i++)
    {
      TnNodeId input = g_array_index (sizes->axes, TnSizeAxis, i).input;

      if (touched->len == 0 || g_array_index (touched, TnNodeId, touched->len - 1) != input)
        g_array_append_val (touched, input);
    }
  g_ptr_array_add (sizes->fixes, tn_fix_new (facts, after,
                                             /* Translators: "Set height and width to 416" */
                                             g_strdup_printf (_ ("Set %s to %" PRIi64), axes, size),
                                             (const TnNodeId *)touched->data, touched->len));
}

/* What no size mends: of the size that leaves the fewest errors the first of them. */
static void
find_fault (const TnFacts *before, TnSizes *sizes, gint64 best, GCancellable *cancellable)
{
  g_autoptr (TnFacts) facts = infer_size (before, sizes, best, cancellable);

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts) && sizes->fault == NULL; i++)
    if (tn_facts_issue (facts, i)->severity != TN_SEVERITY_WARNING)
      sizes->fault = g_strdup (tn_facts_issue (facts, i)->message);
}

/* The sizes for @axes together, the others as @facts have them; NULL when cancelled. */
static TnSizes *
solve_axes (const TnFacts *facts, const GArray *axes, GCancellable *cancellable)
{
  TnSizes *sizes = g_new0 (TnSizes, 1);
  gint64 best;

  sizes->axes = g_array_copy ((GArray *)axes);
  sizes->present = present_size (tn_facts_graph (facts), axes);
  sizes->works = tn_facts_totals (facts).n_errors == 0;
  sizes->fixes = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_fix_free);
  if (!tn_solve_search (facts, axes, sizes->present, &sizes->rule, &best, cancellable))
    {
      tn_sizes_free (sizes);
      return NULL;
    }
  if (sizes->rule.kind == TN_SIZES_NONE)
    find_fault (facts, sizes, best, cancellable);
  find_nearest (sizes);
  if (!sizes->works)
    {
      add_fix (facts, sizes, sizes->below, cancellable);
      add_fix (facts, sizes, sizes->above, cancellable);
    }
  sizes->sentence = make_sentence (tn_facts_graph (facts), sizes);
  return sizes;
}

void
tn_sizes_free (TnSizes *sizes)
{
  if (sizes == NULL)
    return;
  g_array_unref (sizes->axes);
  tn_sizes_rule_clear (&sizes->rule);
  g_free (sizes->sentence);
  g_free (sizes->fault);
  g_ptr_array_unref (sizes->fixes);
  g_free (sizes);
}

/* ---- which axes, and together with which ---- */

/* Solving a whole model. */
typedef struct
{
  const TnFacts *facts;
  TnFacts *base; /* owned: with sizes that work, where some were found */
  GCancellable *cancellable;
  GPtrArray *found; /* of TnSizes */
  gboolean stopped;
} Solver;

static gboolean
same_rule (const TnSizesRule *a, const TnSizesRule *b)
{
  g_autofree char *a_text = tn_sizes_rule_to_text (a);
  g_autofree char *b_text = tn_sizes_rule_to_text (b);

  return a->kind == b->kind && strcmp (a_text, b_text) == 0;
}

/* No other size than this one, but for 1, which merges stretch to anything. */
static gboolean
is_only (const TnSizesRule *rule, gint64 size)
{
  for (guint i = 0; rule->kind == TN_SIZES_SET && i < rule->sizes->len; i++)
    if (g_array_index (rule->sizes, gint64, i) != 1
        && g_array_index (rule->sizes, gint64, i) != size)
      return FALSE;
  return rule->kind == TN_SIZES_SET && tn_sizes_rule_allows (rule, size);
}

static TnSizes *
solve (Solver *self, const TnFacts *facts, const GArray *axes)
{
  TnSizes *sizes = self->stopped ? NULL : solve_axes (facts, axes, self->cancellable);

  self->stopped = self->stopped || sizes == NULL;
  return sizes;
}

/* From here on other axes are tried with a size at which the model works. */
static void
take_as_base (Solver *self, const TnSizes *sizes)
{
  const TnGraph *graph = tn_facts_graph (self->facts);
  g_autoptr (TnGraph) changed = NULL;
  gint64 size = sizes->below > 0 ? sizes->below : sizes->above;

  if (tn_facts_totals (self->base).n_errors == 0 || sizes->rule.kind == TN_SIZES_NONE)
    return;
  if (size == 0)
    {
      /* Open, or different for these axes: near the first of them. */
      TnSizes near
          = { .rule = sizes->rule,
              .present = MAX (input_size (graph, g_array_index (sizes->axes, TnSizeAxis, 0)), 1) };

      find_nearest (&near);
      size = near.below > 0 ? near.below : near.above;
    }
  if (size == 0)
    return;
  changed = tn_solve_with_size (tn_facts_graph (self->base), sizes->axes, size);
  g_clear_pointer (&self->base, tn_facts_unref);
  self->base = tn_infer (changed, self->facts, NULL);
}

static GArray *
one_axis (TnNodeId input, int axis)
{
  GArray *axes = g_array_new (FALSE, FALSE, sizeof (TnSizeAxis));
  TnSizeAxis only = { input, axis };

  g_array_append_val (axes, only);
  return axes;
}

/* What is told of a single axis is about the model as it is, though it was found on the base. */
static void
retell (const Solver *self, TnSizes *sizes)
{
  const TnGraph *graph = tn_facts_graph (self->facts);

  sizes->present = present_size (graph, sizes->axes);
  sizes->works = tn_sizes_rule_allows (&sizes->rule, sizes->present);
  sizes->below = sizes->above = 0;
  find_nearest (sizes);
  g_free (sizes->sentence);
  sizes->sentence = make_sentence (graph, sizes);
}

/* Each axis changed to the size nearest to its own. */
static void
fix_each (Solver *self, GPtrArray *alone, TnNodeId input)
{
  g_autoptr (TnGraph) graph = tn_graph_ref (tn_facts_graph (self->facts));
  g_autoptr (TnFacts) after = NULL;
  g_autofree char *text = NULL;
  TnShape shape;

  for (guint i = 0; i < alone->len; i++)
    {
      const TnSizes *sizes = alone->pdata[i];
      gint64 down = sizes->below > 0 ? sizes->present - sizes->below : G_MAXINT64;
      gint64 up = sizes->above > 0 ? sizes->above - sizes->present : G_MAXINT64;
      TnGraph *next;

      if (sizes->works || sizes->present < 1 || (sizes->below == 0 && sizes->above == 0))
        continue;
      next = tn_solve_with_size (graph, sizes->axes, down <= up ? sizes->below : sizes->above);
      tn_graph_unref (graph);
      graph = next;
    }
  after = tn_infer (graph, self->facts, self->cancellable);
  if (after == NULL || tn_facts_totals (after).n_errors > 0
      || !tn_node_dims (tn_graph_find (graph, input), TN_INPUT_SHAPE, &shape))
    return;
  text = tn_shape_to_text (&shape);
  for (guint i = 0; i < alone->len; i++)
    if (!((const TnSizes *)alone->pdata[i])->works)
      {
        g_ptr_array_add (
            ((TnSizes *)alone->pdata[i])->fixes,
            tn_fix_new (self->facts, after,
                        g_strdup_printf (_ ("Set %s of %s to %s"), "batch_shape",
                                         tn_node_name (tn_graph_find (graph, input)), text),
                        &input, 1));
        return;
      }
}

/* Height and width: together where each alone follows the same rule, or where they must be equal;
 * else each by itself. */
static void
solve_spatial (Solver *self, TnNodeId input, int first, int n)
{
  g_autoptr (GArray) axes = g_array_new (FALSE, FALSE, sizeof (TnSizeAxis));
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  TnSizes *joint;
  gboolean like_joint = TRUE, equal = TRUE, none = TRUE;

  for (int i = 0; i < n; i++)
    {
      TnSizeAxis axis = { input, first + i };

      g_array_append_val (axes, axis);
    }
  joint = solve (self, self->base, axes);
  if (joint == NULL)
    return;
  take_as_base (self, joint);
  for (int i = 0; i < n && !self->stopped; i++)
    {
      g_autoptr (GArray) axis = one_axis (input, first + i);
      TnSizes *sizes = solve (self, self->base, axis);
      gint64 base;

      if (sizes == NULL)
        break;
      base = input_size (tn_facts_graph (self->base), g_array_index (axis, TnSizeAxis, 0));
      like_joint = like_joint && same_rule (&sizes->rule, &joint->rule);
      equal = equal && is_only (&sizes->rule, base);
      none = none && sizes->rule.kind == TN_SIZES_NONE;
      g_ptr_array_add (alone, sizes);
    }
  equal = equal && !like_joint && joint->rule.kind != TN_SIZES_NONE;
  /* Of sizes that differ each has its own nearest. */
  if (self->stopped || equal || none
      || (like_joint && (joint->present > 0 || joint->works || joint->rule.kind == TN_SIZES_NONE)))
    {
      joint->equal = equal;
      if (equal)
        {
          g_free (joint->sentence);
          joint->sentence = make_sentence (tn_facts_graph (self->facts), joint);
        }
      g_ptr_array_add (self->found, joint);
      g_ptr_array_set_free_func (alone, (GDestroyNotify)tn_sizes_free);
      return;
    }
  for (guint i = 0; i < alone->len; i++)
    {
      retell (self, alone->pdata[i]);
      g_ptr_array_add (self->found, alone->pdata[i]);
    }
  if (tn_facts_totals (self->facts).n_errors > 0)
    fix_each (self, alone, input);
  tn_sizes_free (joint);
}

static void
solve_alone (Solver *self, TnNodeId input, int axis)
{
  g_autoptr (GArray) axes = one_axis (input, axis);
  TnSizes *sizes = solve (self, self->base, axes);

  if (sizes == NULL)
    return;
  take_as_base (self, sizes);
  if (sizes->rule.kind == TN_SIZES_NONE && self->found->len > 0)
    {
      TnSizes *last = self->found->pdata[self->found->len - 1];

      /* The same fault is told once. */
      if (last->rule.kind == TN_SIZES_NONE
          && g_array_index (last->axes, TnSizeAxis, 0).input == input
          && g_strcmp0 (last->fault, sizes->fault) == 0)
        {
          g_array_append_vals (last->axes, axes->data, axes->len);
          g_free (last->sentence);
          last->sentence = make_sentence (tn_facts_graph (self->facts), last);
          tn_sizes_free (sizes);
          return;
        }
    }
  g_ptr_array_add (self->found, sizes);
}

static void
solve_input (Solver *self, TnNodeId input)
{
  const TnGraph *graph = tn_facts_graph (self->facts);
  int rank = input_rank (graph, input);
  gboolean channels_first = is_channels_first (graph, input);

  if (rank >= 4)
    {
      solve_spatial (self, input, channels_first ? 2 : 1, rank - 2);
      solve_alone (self, input, channels_first ? 1 : rank - 1);
    }
  else
    for (int axis = 1; axis < rank; axis++)
      solve_alone (self, input, axis);
}

/* An axis that can have its present size only, as long as those of the other inputs stay: all that
 * have the same size now, together. */
static void
solve_inputs_together (Solver *self, guint from)
{
  for (guint i = from; i < self->found->len && !self->stopped; i++)
    {
      const TnSizes *one = self->found->pdata[i];
      g_autoptr (GArray) axes = g_array_new (FALSE, FALSE, sizeof (TnSizeAxis));
      TnSizes *joint;

      if (one->present < 1
          || !(is_only (&one->rule, one->present) || one->rule.kind == TN_SIZES_NONE))
        continue;
      for (guint j = i; j < self->found->len; j++)
        {
          const TnSizes *other = self->found->pdata[j];
          gboolean alike
              = other->axes->len == one->axes->len && other->present == one->present
                && (is_only (&other->rule, other->present) || other->rule.kind == TN_SIZES_NONE);

          for (guint k = 0; alike && k < one->axes->len; k++)
            alike = g_array_index (one->axes, TnSizeAxis, k).axis
                    == g_array_index (other->axes, TnSizeAxis, k).axis;
          if (alike)
            g_array_append_vals (axes, other->axes->data, other->axes->len);
        }
      if (axes->len == one->axes->len || axes->len > MOST_AXES)
        continue;
      joint = solve (self, self->facts, axes);
      if (joint == NULL)
        return;
      if (joint->rule.kind == TN_SIZES_NONE || is_only (&joint->rule, joint->present))
        {
          tn_sizes_free (joint);
          continue;
        }
      /* In place of what was said of each. */
      for (guint j = self->found->len; j-- > i;)
        {
          const TnSizes *other = self->found->pdata[j];
          gboolean within = FALSE;

          for (guint k = 0; k < axes->len; k++)
            within = within
                     || memcmp (&g_array_index (axes, TnSizeAxis, k),
                                &g_array_index (other->axes, TnSizeAxis, 0), sizeof (TnSizeAxis))
                            == 0;
          if (within)
            g_ptr_array_remove_index (self->found, j);
        }
      g_ptr_array_insert (self->found, (int)i, joint);
    }
}

GPtrArray *
tn_solve_sizes (const TnFacts *facts, TnNodeId only, GCancellable *cancellable)
{
  const TnGraph *graph;
  Solver self = { .facts = facts, .cancellable = cancellable };
  guint id = 0;

  g_return_val_if_fail (facts != NULL, NULL);
  graph = tn_facts_graph (facts);
  self.base = tn_facts_ref (facts);
  self.found = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_sizes_free);
  for (guint i = 0; i < tn_graph_size (graph) && !self.stopped; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_is_source (node) && (only == TN_NODE_NONE || only == tn_node_id (node)))
        solve_input (&self, tn_node_id (node));
    }
  if (only == TN_NODE_NONE)
    solve_inputs_together (&self, 0);
  tn_facts_unref (self.base);
  for (guint i = 0; i < self.found->len; i++)
    {
      const TnSizes *sizes = self.found->pdata[i];

      for (guint j = 0; j < sizes->fixes->len; j++)
        if (((TnFix *)sizes->fixes->pdata[j])->id == NULL)
          ((TnFix *)sizes->fixes->pdata[j])->id = g_strdup_printf ("%u", ++id);
    }
  if (self.stopped || g_cancellable_is_cancelled (cancellable))
    g_clear_pointer (&self.found, g_ptr_array_unref);
  return self.found;
}
