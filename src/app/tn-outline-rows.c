/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary table without its widget. */
#include "app/tn-outline-rows.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-active.h"

typedef struct
{
  const char *id;
  const char *title;
  gboolean number;
} Column;

static const Column columns[TN_OUTLINE_N_COLUMNS] = {
  [TN_OUTLINE_ORDER] = { "order", N_ ("№"), TRUE },
  [TN_OUTLINE_NAME] = { "name", N_ ("Layer"), FALSE },
  [TN_OUTLINE_TYPE] = { "type", N_ ("Type"), FALSE },
  [TN_OUTLINE_INPUT] = { "input", N_ ("Input shape"), FALSE },
  [TN_OUTLINE_OUTPUT] = { "output", N_ ("Output shape"), FALSE },
  [TN_OUTLINE_PARAMS] = { "params", N_ ("Parameters"), TRUE },
  [TN_OUTLINE_MACS] = { "macs", N_ ("Multiply-adds"), TRUE },
  [TN_OUTLINE_MEMORY] = { "memory", N_ ("Memory"), TRUE },
  [TN_OUTLINE_TIME] = { "time", N_ ("Time"), TRUE },
  [TN_OUTLINE_SHARE] = { "share", N_ ("Share"), TRUE },
  [TN_OUTLINE_STATE] = { "state", N_ ("State"), FALSE },
};

const char *
tn_outline_column_id (TnOutlineColumn column)
{
  g_return_val_if_fail (column < TN_OUTLINE_N_COLUMNS, NULL);
  return columns[column].id;
}

const char *
tn_outline_column_title (TnOutlineColumn column)
{
  g_return_val_if_fail (column < TN_OUTLINE_N_COLUMNS, NULL);
  return _ (columns[column].title);
}

gboolean
tn_outline_column_is_number (TnOutlineColumn column)
{
  g_return_val_if_fail (column < TN_OUTLINE_N_COLUMNS, FALSE);
  return columns[column].number;
}

/* ---- texts ---- */

static void
append_shape (GString *text, const char *name, TnShape shape)
{
  g_autofree char *one = tn_shape_to_text (&shape);

  if (text->len > 0)
    g_string_append (text, ", ");
  if (name != NULL)
    g_string_append_printf (text, "%s ", name);
  g_string_append (text, one);
}

static char *
input_text (const TnFacts *facts, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      append_shape (text, tn_schema_input_name (tn_node_schema (node), slot),
                    tn_facts_input (facts, index, call, slot));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
output_text (const TnFacts *facts, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < tn_node_n_outputs (node); output++)
      append_shape (text, tn_node_output_name (node, output),
                    tn_facts_shape (facts,
                                    (TnRef){ .node = tn_node_id (node),
                                             .call = (guint16)call,
                                             .output = (guint16)output },
                                    NULL));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What a group puts out, over all its calls. */
static char *
group_output_text (const TnFacts *facts, const TnGroup *group)
{
  const TnGraph *graph = tn_facts_whole (facts);
  guint n_calls = MAX (tn_graph_group_calls (graph, group), 1), n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < n_outputs; i++)
      {
        const TnNode *node = tn_graph_find (graph, outputs[i].node);
        TnRef ref = outputs[i];

        if (node == NULL)
          continue;
        ref.call = (guint16)(ref.call + call * (tn_node_n_calls (node) / n_calls));
        append_shape (text, NULL, tn_facts_seen_shape (facts, ref, NULL));
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
state_text (const TnFacts *facts, const TnOutlineRow *row)
{
  static const char *const roles[] = {
    [TN_ROLE_ACTIVE] = "",
    [TN_ROLE_BYPASSED] = N_ ("Bypassed"),
    [TN_ROLE_DISABLED] = N_ ("Disabled"),
    [TN_ROLE_INACTIVE] = N_ ("Inactive, because what it depends on is disabled"),
  };

  if (row->issue != NULL)
    return g_strdup (row->issue->message);
  if (row->group != NULL)
    return g_strdup ("");
  if (row->known < 0)
    return g_strdup (_ (roles[tn_graph_role (tn_facts_whole (facts), row->index)]));
  switch (tn_facts_state (facts, (guint)row->known))
    {
    case TN_STATE_KNOWN:
      return g_strdup (_ ("Fits"));
    case TN_STATE_PARTIAL:
      return g_strdup (_ ("Some sizes are not known before the model runs"));
    case TN_STATE_BLOCKED:
      return g_strdup (_ ("Waits for what comes before it"));
    case TN_STATE_WRONG:
      return g_strdup (_ ("Does not fit"));
    }
  g_return_val_if_reached (NULL);
}

static char *
name_text (const TnFacts *facts, const TnOutlineRow *row)
{
  const TnNode *node = tn_graph_node (tn_facts_whole (facts), row->index);

  return g_strdup (
      tn_name_own (row->group != NULL ? tn_group_name (row->group) : tn_node_name (node)));
}

char *
tn_outline_cell (const TnFacts *facts, const TnOutlineRow *row, TnOutlineColumn column,
                 double total)
{
  const TnNode *node = tn_graph_node (tn_facts_whole (facts), row->index);

  if (row->known < 0 && row->group == NULL && column != TN_OUTLINE_NAME && column != TN_OUTLINE_TYPE
      && column != TN_OUTLINE_STATE)
    return g_strdup ("–");
  switch (column)
    {
    case TN_OUTLINE_ORDER:
      return tn_text_count (row->order + 1);
    case TN_OUTLINE_NAME:
      return name_text (facts, row);
    case TN_OUTLINE_TYPE:
      return g_strdup (row->group != NULL ? tn_group_type (row->group) : tn_node_type (node));
    case TN_OUTLINE_INPUT:
      return row->group != NULL ? g_strdup ("") : input_text (facts, (guint)row->known);
    case TN_OUTLINE_OUTPUT:
      return row->group != NULL ? group_output_text (facts, row->group)
                                : output_text (facts, (guint)row->known);
    case TN_OUTLINE_PARAMS:
      return row->params >= 0 ? tn_text_count (row->params) : g_strdup ("?");
    case TN_OUTLINE_MACS:
      return row->macs >= 0 ? tn_text_count (row->macs) : g_strdup ("?");
    case TN_OUTLINE_MEMORY:
      return row->bytes >= 0 ? tn_text_bytes ((guint64)row->bytes) : g_strdup ("?");
    case TN_OUTLINE_TIME:
      return row->seconds >= 0 ? tn_text_duration (row->seconds) : g_strdup ("");
    case TN_OUTLINE_SHARE:
      return row->seconds >= 0 && total > 0
                 ? g_strdup_printf (_ ("%.1f %%"), 100 * row->seconds / total)
                 : g_strdup ("");
    case TN_OUTLINE_STATE:
      return state_text (facts, row);
    case TN_OUTLINE_N_COLUMNS:
      break;
    }
  g_return_val_if_reached (NULL);
}

char *
tn_outline_plain (const TnFacts *facts, const TnOutlineRow *row, TnOutlineColumn column,
                  double total)
{
  gint64 amount = column == TN_OUTLINE_ORDER    ? row->order + 1
                  : column == TN_OUTLINE_PARAMS ? row->params
                  : column == TN_OUTLINE_MACS   ? row->macs
                                                : row->bytes;

  if (!columns[column].number)
    {
      const TnNode *node = tn_graph_node (tn_facts_whole (facts), row->index);

      /* Out of the tree, a name has to be whole. */
      if (column == TN_OUTLINE_NAME)
        return g_strdup (row->group != NULL ? tn_group_name (row->group) : tn_node_name (node));
      return tn_outline_cell (facts, row, column, total);
    }
  if (column == TN_OUTLINE_TIME)
    return row->seconds >= 0 ? tn_text_double (row->seconds) : g_strdup ("");
  if (column == TN_OUTLINE_SHARE)
    return row->seconds >= 0 && total > 0 ? tn_text_double (row->seconds / total) : g_strdup ("");
  return amount >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, amount) : g_strdup ("");
}

/* ---- order ---- */

static int
compare_numbers (double a, double b)
{
  return (a > b) - (a < b);
}

int
tn_outline_compare (const TnFacts *facts, const TnOutlineRow *a, const TnOutlineRow *b,
                    TnOutlineColumn column)
{
  int result = 0;

  switch (column)
    {
    case TN_OUTLINE_ORDER:
      break;
    case TN_OUTLINE_PARAMS:
      result = compare_numbers ((double)a->params, (double)b->params);
      break;
    case TN_OUTLINE_MACS:
      result = compare_numbers ((double)a->macs, (double)b->macs);
      break;
    case TN_OUTLINE_MEMORY:
      result = compare_numbers ((double)a->bytes, (double)b->bytes);
      break;
    case TN_OUTLINE_TIME:
    case TN_OUTLINE_SHARE:
      result = compare_numbers (a->seconds, b->seconds);
      break;
    case TN_OUTLINE_STATE:
      /* What is worst comes first. */
      result = compare_numbers (a->issue != NULL ? a->issue->severity : G_MAXINT,
                                b->issue != NULL ? b->issue->severity : G_MAXINT);
      break;
    default:
      {
        g_autofree char *one = tn_outline_cell (facts, a, column, 0);
        g_autofree char *other = tn_outline_cell (facts, b, column, 0);
        g_autofree char *one_key = g_utf8_collate_key_for_filename (one, -1);
        g_autofree char *other_key = g_utf8_collate_key_for_filename (other, -1);

        result = strcmp (one_key, other_key);
      }
    }
  return result != 0 ? result : compare_numbers (a->order, b->order);
}

/* ---- rows ---- */

typedef struct
{
  const TnFacts *facts;
  const TnOutlineView *view;
  GArray *layers;     /* of TnOutlineRow, in order of computation */
  GHashTable *issues; /* TnNodeId → the worst TnIssue */
  char *needle;       /* casefolded filter, NULL: none */
} Build;

static gint64
sum (gint64 a, gint64 b)
{
  return a < 0 || b < 0 ? -1 : __builtin_add_overflow (a, b, &a) ? G_MAXINT64 : a;
}

static void
add_to_group (TnOutlineRow *group, const TnOutlineRow *row)
{
  group->params = sum (group->params, row->params);
  group->macs = sum (group->macs, row->macs);
  group->bytes = sum (group->bytes, row->bytes);
  if (row->seconds >= 0)
    group->seconds = MAX (group->seconds, 0) + row->seconds;
  if (row->issue != NULL && (group->issue == NULL || row->issue->severity < group->issue->severity))
    group->issue = row->issue;
}

static void
gather_issues (Build *build)
{
  for (guint i = 0; i < tn_facts_n_issues (build->facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (build->facts, i);
      const TnIssue *then = g_hash_table_lookup (build->issues, GUINT_TO_POINTER (issue->node));

      if (then == NULL || issue->severity < then->severity)
        g_hash_table_insert (build->issues, GUINT_TO_POINTER (issue->node), (gpointer)issue);
    }
}

static void
gather_layers (Build *build)
{
  const TnFacts *facts = build->facts;
  const TnGraph *graph = tn_facts_whole (facts);
  const GArray *times = build->view->times;
  g_autofree double *seconds = g_new (double, tn_graph_size (graph) + 1);
  gint64 batch = MAX (build->view->batch, 1);
  guint order = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    seconds[i] = -1;
  for (guint i = 0; times != NULL && i < times->len; i++)
    {
      const TnHeatTime *time = &g_array_index (times, TnHeatTime, i);
      int index = tn_graph_index (graph, time->node);

      if (index >= 0)
        seconds[index] = time->seconds;
    }
  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnNode *node = tn_graph_node (graph, step.index);
      TnNodeId id = tn_node_id (node);
      int known = tn_graph_index (tn_facts_graph (facts), id);
      TnOutlineRow row = { .key = id, .node = id, .index = step.index, .known = known };

      if (step.call != 0 || tn_node_is_mark (node))
        continue;
      row.params = known >= 0 ? tn_facts_params (facts, (guint)known) : 0;
      row.macs = known >= 0 ? tn_facts_macs (facts, (guint)known) : 0;
      row.bytes = known >= 0 ? tn_facts_activation_bytes (facts, (guint)known, batch) : 0;
      row.seconds = known >= 0 ? seconds[step.index] : -1;
      row.issue = g_hash_table_lookup (build->issues, GUINT_TO_POINTER (id));
      row.order = order++;
      g_array_append_val (build->layers, row);
    }
}

static gboolean
holds (const char *text, const char *needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, needle) != NULL;
}

static gboolean
matches (const Build *build, const TnOutlineRow *row)
{
  static const TnOutlineColumn looked_at[]
      = { TN_OUTLINE_NAME, TN_OUTLINE_TYPE, TN_OUTLINE_OUTPUT, TN_OUTLINE_INPUT };

  if (build->needle == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (looked_at); i++)
    {
      g_autofree char *text = tn_outline_cell (build->facts, row, looked_at[i], 0);

      if (holds (text, build->needle))
        return TRUE;
    }
  return FALSE;
}

/* The outermost group below the one whose name is @length bytes long in which a layer stands. */
static const TnGroup *
group_below (const TnGraph *graph, const char *name, gsize length)
{
  const char *slash = strchr (name + (length > 0 ? length + 1 : 0), '/');
  g_autofree char *group = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;

  return group != NULL ? tn_graph_find_group (graph, group) : NULL;
}

/* Of what stands in one group, @inside rows of which are @members: those to be listed. */
static void
list_rows (const Build *build, const GArray *members, gsize length, guint depth, gboolean all,
           GArray *out)
{
  const TnGraph *graph = tn_facts_whole (build->facts);
  g_autoptr (GArray) siblings = g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
  g_autoptr (GHashTable) within
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < members->len; i++)
    {
      TnOutlineRow row = g_array_index (members, TnOutlineRow, i);
      const char *name = tn_node_name (tn_graph_node (graph, row.index));
      const TnGroup *group = group_below (graph, name, length);
      GArray *inner;

      row.depth = depth;
      if (group == NULL)
        {
          g_array_append_val (siblings, row);
          continue;
        }
      inner = g_hash_table_lookup (within, group);
      if (inner == NULL)
        {
          TnOutlineRow box = row;

          inner = g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
          g_hash_table_insert (within, (gpointer)group, inner);
          g_hash_table_insert (places, (gpointer)group, GUINT_TO_POINTER (siblings->len));
          box.group = group;
          box.key = (guint64)1 << 32 | g_str_hash (tn_group_name (group));
          g_array_append_val (siblings, box);
        }
      else
        add_to_group (&g_array_index (siblings, TnOutlineRow,
                                      GPOINTER_TO_UINT (g_hash_table_lookup (places, group))),
                      &row);
      g_array_append_val (inner, row);
    }
  if (build->view->compare != NULL)
    g_array_sort_with_data (siblings, build->view->compare, build->view->data);

  for (guint i = 0; i < siblings->len; i++)
    {
      const TnOutlineRow *row = &g_array_index (siblings, TnOutlineRow, i);
      gboolean found = all || matches (build, row);
      guint at = out->len;

      if (row->group == NULL)
        {
          if (found)
            g_array_append_val (out, *row);
          continue;
        }
      g_array_append_val (out, *row);
      if (build->needle != NULL || build->view->closed == NULL
          || !g_hash_table_contains (build->view->closed, tn_group_name (row->group)))
        list_rows (build, g_hash_table_lookup (within, row->group),
                   strlen (tn_group_name (row->group)), depth + 1, found, out);
      /* A group is listed for what is found in it. */
      if (!found && out->len == at + 1)
        g_array_set_size (out, at);
    }
}

GArray *
tn_outline_rows (const TnFacts *facts, const TnOutlineView *view)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
  g_autoptr (GHashTable) issues = g_hash_table_new (NULL, NULL);
  g_autofree char *needle
      = view->filter != NULL && view->filter[0] != '\0' ? g_utf8_casefold (view->filter, -1) : NULL;
  Build build = { facts, view, layers, issues, needle };

  gather_issues (&build);
  gather_layers (&build);
  list_rows (&build, layers, 0, 0, needle == NULL, out);
  return out;
}

/* ---- as text ---- */

static void
append_csv (GString *text, const char *cell)
{
  if (strpbrk (cell, ",\"\n\r") == NULL)
    {
      g_string_append (text, cell);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = cell; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

static char *
write_csv (const TnFacts *facts, const GArray *rows, const TnOutlineColumn *shown, guint n_columns,
           double total)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint column = 0; column < n_columns; column++)
    {
      g_string_append (text, column > 0 ? "," : "");
      append_csv (text, tn_outline_column_id (shown[column]));
    }
  g_string_append (text, "\r\n");
  for (guint i = 0; i < rows->len; i++)
    {
      for (guint column = 0; column < n_columns; column++)
        {
          g_autofree char *cell = tn_outline_plain (facts, &g_array_index (rows, TnOutlineRow, i),
                                                    shown[column], total);

          g_string_append (text, column > 0 ? "," : "");
          append_csv (text, cell);
        }
      g_string_append (text, "\r\n");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
write_aligned (const TnFacts *facts, const GArray *rows, const TnOutlineColumn *shown,
               guint n_columns, double total)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);
  guint widths[TN_OUTLINE_N_COLUMNS] = { 0 };

  for (guint column = 0; column < n_columns; column++)
    g_ptr_array_add (cells, g_strdup (tn_outline_column_title (shown[column])));
  for (guint i = 0; i < rows->len; i++)
    for (guint column = 0; column < n_columns; column++)
      {
        const TnOutlineRow *row = &g_array_index (rows, TnOutlineRow, i);
        char *cell = tn_outline_cell (facts, row, shown[column], total);

        if (shown[column] == TN_OUTLINE_NAME)
          {
            char *bare = cell;

            cell = g_strdup_printf ("%*s%s", (int)(2 * row->depth), "", bare);
            g_free (bare);
          }
        g_ptr_array_add (cells, cell);
      }
  for (guint i = 0; i < cells->len; i++)
    widths[i % n_columns] = MAX (widths[i % n_columns], tn_text_columns (cells->pdata[i]));
  for (guint i = 0; i < cells->len; i++)
    {
      guint column = i % n_columns;
      gboolean last = column + 1 == n_columns;
      int padding = (int)(widths[column] - tn_text_columns (cells->pdata[i]));
      gboolean right = columns[shown[column]].number;

      g_string_append_printf (text, "%*s%s%*s%s", right ? padding : 0, "",
                              (const char *)cells->pdata[i], right || last ? 0 : padding, "",
                              last ? "\n" : "  ");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tn_outline_write (const TnFacts *facts, const GArray *rows, const TnOutlineColumn *shown,
                  guint n_columns, gboolean csv, double total)
{
  g_return_val_if_fail (n_columns <= TN_OUTLINE_N_COLUMNS, NULL);
  return csv ? write_csv (facts, rows, shown, n_columns, total)
             : write_aligned (facts, rows, shown, n_columns, total);
}
