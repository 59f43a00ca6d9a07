/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary of a model as Keras prints it: a table of layers, and the totals. */
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "codegen/tn-code-private.h"

#define MAX_COLUMNS 4

/* The corners and lines of a table: left, middle, right, and what runs between. */
typedef struct
{
  const char *left, *cross, *right, *line;
} Rule;

static const Rule rule_top = { "┏", "┳", "┓", "━" };
static const Rule rule_head = { "┡", "╇", "┩", "━" };
static const Rule rule_row = { "├", "┼", "┤", "─" };
static const Rule rule_end = { "└", "┴", "┘", "─" };

typedef struct
{
  guint n_columns;
  gboolean right[MAX_COLUMNS];
  GPtrArray *cells; /* of char *, row by row; a cell may have several lines */
} Table;

/* One line out of a name that holds any characters. */
static char *
plain (const char *text)
{
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (out, g_unichar_isgraph (character) || character == ' ' ? character
                                                                                      : 0xFFFD);
    }
  return g_string_free (out, FALSE);
}

/* Groups of three digits by commas, in any locale, as Keras has it. */
static char *
count_text (gint64 count)
{
  char digits[32];
  GString *text = g_string_new (NULL);
  gsize length;

  if (count < 0)
    return g_string_free (g_string_append_c (text, '?'), FALSE);
  length = (gsize)g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, count);
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

/* "5.28 MB", as Keras has it: steps of 1024 under the names of steps of 1000. */
static char *
memory_text (gint64 n_params)
{
  static const char *const units[] = { "B", "KB", "MB", "GB", "TB", "PB" };
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double bytes = (double)n_params * 4;
  guint unit = 0;

  while (bytes >= 1024 && unit + 1 < G_N_ELEMENTS (units))
    {
      bytes /= 1024;
      unit++;
    }
  g_ascii_formatd (number, sizeof number, "%.2f", bytes);
  return g_strdup_printf ("%s %s", number, units[unit]);
}

/* The layers a layer is fed by, a line each: "conv2d[0][0]". */
static char *
connections (const TnGraph *graph, const TnNode *node)
{
  GString *text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        const TnNode *source = tn_graph_find (graph, ref.node);
        g_autofree char *name = source != NULL ? plain (tn_node_name (source)) : NULL;

        g_string_append (text, text->len > 0 ? ",\n" : "");
        if (name != NULL)
          g_string_append_printf (text, "%s[%u][%u]", name, ref.call, ref.output);
        else
          g_string_append_c (text, '?');
      }
  if (text->len == 0)
    g_string_append_c (text, '-');
  return g_string_free (text, FALSE);
}

/* What a group puts out, over all its calls. */
static char *
group_shapes (const TnFacts *facts, const TnGroup *group)
{
  const TnGraph *graph = tn_facts_graph (facts);
  guint n_calls = MAX (tn_graph_group_calls (graph, group), 1), n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);
  GString *text = g_string_new (NULL);

  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < n_outputs; i++)
      {
        const TnNode *node = tn_graph_find (graph, outputs[i].node);
        TnRef ref = outputs[i];
        g_autofree char *one = NULL;
        TnShape shape;

        ref.call = (guint16)(ref.call + call * (tn_node_n_calls (node) / n_calls));
        shape = tn_facts_shape (facts, ref, NULL);
        one = tn_shape_to_text (&shape);
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
      }
  return g_string_free (text, FALSE);
}

/* -1: not known. */
static gint64
group_params (const TnFacts *facts, const TnGroup *group)
{
  const TnGraph *graph = tn_facts_graph (facts);
  gint64 sum = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      gint64 params = tn_group_holds (group, tn_node_name (tn_graph_node (graph, i)))
                          ? tn_facts_params (facts, i)
                          : 0;

      if (params < 0 || __builtin_add_overflow (sum, params, &sum))
        return -1;
    }
  return sum;
}

static void
append_padded (GString *out, const char *text, guint width, gboolean right)
{
  int padding = (int)(width - MIN (width, tn_text_columns (text)));

  g_string_append_printf (out, " %*s%s%*s ", right ? padding : 0, "", text, right ? 0 : padding,
                          "");
}

static void
append_rule (GString *out, const Rule *rule, const guint *widths, guint n_columns)
{
  g_string_append (out, rule->left);
  for (guint column = 0; column < n_columns; column++)
    {
      for (guint i = 0; i < widths[column] + 2; i++)
        g_string_append (out, rule->line);
      g_string_append (out, column + 1 < n_columns ? rule->cross : rule->right);
    }
  g_string_append_c (out, '\n');
}

static void
append_row (GString *out, const Table *table, guint row, const guint *widths, const char *bar)
{
  char **lines[MAX_COLUMNS] = { NULL };
  guint height = 1;

  for (guint column = 0; column < table->n_columns; column++)
    {
      lines[column] = g_strsplit (g_ptr_array_index (table->cells, row * table->n_columns + column),
                                  "\n", -1);
      height = MAX (height, g_strv_length (lines[column]));
    }
  for (guint line = 0; line < height; line++)
    {
      g_string_append (out, bar);
      for (guint column = 0; column < table->n_columns; column++)
        {
          gboolean has = line < g_strv_length (lines[column]);

          append_padded (out, has ? lines[column][line] : "", widths[column], table->right[column]);
          g_string_append (out, bar);
        }
      g_string_append_c (out, '\n');
    }
  for (guint column = 0; column < table->n_columns; column++)
    g_strfreev (lines[column]);
}

static void
append_table (GString *out, const Table *table)
{
  guint widths[MAX_COLUMNS] = { 0 }, n_rows = table->cells->len / table->n_columns;

  for (guint i = 0; i < table->cells->len; i++)
    {
      g_auto (GStrv) lines = g_strsplit (g_ptr_array_index (table->cells, i), "\n", -1);

      for (guint line = 0; lines[line] != NULL; line++)
        widths[i % table->n_columns]
            = MAX (widths[i % table->n_columns], tn_text_columns (lines[line]));
    }
  append_rule (out, &rule_top, widths, table->n_columns);
  append_row (out, table, 0, widths, "┃");
  append_rule (out, n_rows > 1 ? &rule_head : &rule_end, widths, table->n_columns);
  for (guint row = 1; row < n_rows; row++)
    {
      append_row (out, table, row, widths, "│");
      append_rule (out, row + 1 < n_rows ? &rule_row : &rule_end, widths, table->n_columns);
    }
}

static void
append_total (GString *out, const char *label, gint64 n_params)
{
  g_autofree char *count = count_text (n_params);
  g_autofree char *memory = memory_text (n_params);

  g_string_append_printf (out, " %s params: %s (%s)\n", label, count, memory);
}

static void
append_problems (GString *out, const TnFacts *facts)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      const TnNode *node = tn_graph_find (tn_facts_graph (facts), issue->node);
      g_autofree char *name = plain (node != NULL ? tn_node_name (node) : "");

      if (i == 0)
        g_string_append (out, "\n Problems:\n");
      g_string_append_printf (out, "  %s: %s%s%s\n", tn_severity_name (issue->severity),
                              issue->code, *name != '\0' ? " at " : "", name);
    }
}

/* What is within the group @within ("" for the whole), groups before what they hold. */
static void
add_rows (const TnFacts *facts, const GArray *order, const char *within, guint depth,
          gboolean is_chain, GPtrArray *cells)
{
  const TnGraph *graph = tn_facts_graph (facts);
  gsize length = strlen (within);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < order->len; i++)
    {
      guint index = g_array_index (order, guint, i);
      const TnNode *node = tn_graph_node (graph, index);
      const char *path = tn_node_name (node);
      const char *slash = strchr (path + MIN (length, strlen (path)), '/');
      g_autofree char *inner = slash != NULL ? g_strndup (path, (gsize)(slash - path)) : NULL;
      const TnGroup *group = inner != NULL ? tn_graph_find_group (graph, inner) : NULL;
      g_autofree char *name = plain (tn_name_own (group != NULL ? inner : path));

      if (!g_str_has_prefix (path, within) || !tn_node_schema (node)->keras
          || (group != NULL && !g_hash_table_add (seen, (gpointer)group)))
        continue;
      g_ptr_array_add (
          cells, g_strdup_printf ("%*s%s (%s)", (int)(2 * depth), "", name,
                                  group != NULL ? tn_group_type (group) : tn_node_type (node)));
      if (group == NULL)
        {
          g_ptr_array_add (cells, tn_code_shapes (facts, index));
          g_ptr_array_add (cells, count_text (tn_facts_params (facts, index)));
          if (!is_chain)
            g_ptr_array_add (cells, connections (graph, node));
        }
      else
        {
          g_autofree char *around = g_strconcat (inner, "/", NULL);

          g_ptr_array_add (cells, group_shapes (facts, group));
          g_ptr_array_add (cells, count_text (group_params (facts, group)));
          if (!is_chain)
            g_ptr_array_add (cells, g_strdup (""));
          add_rows (facts, order, around, depth + 1, is_chain, cells);
        }
    }
}

static gboolean
summary_write (const TnFacts *facts, GString *out, GError **error)
{
  const TnGraph *graph = tn_facts_graph (facts);
  gboolean is_chain = tn_code_is_chain (graph);
  g_autoptr (GArray) order = tn_code_order (graph);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *model = plain (tn_graph_name (graph));
  Table table = { .n_columns = is_chain ? 3 : 4, .right = { [2] = TRUE }, .cells = cells };
  TnTotals totals = tn_facts_totals (facts);

  g_string_append_printf (out, "Model: \"%s\"\n", model);
  g_ptr_array_add (cells, g_strdup ("Layer (type)"));
  g_ptr_array_add (cells, g_strdup ("Output Shape"));
  g_ptr_array_add (cells, g_strdup ("Param #"));
  if (!is_chain)
    g_ptr_array_add (cells, g_strdup ("Connected to"));
  add_rows (facts, order, "", 0, is_chain, cells);
  append_table (out, &table);
  append_total (out, "Total", totals.params);
  append_total (out, "Trainable", totals.trainable);
  append_total (out, "Non-trainable", totals.params - totals.trainable);
  append_problems (out, facts);
  return TRUE;
}

const TnCodeTarget tn_code_summary = {
  .name = "txt",
  .ending = "txt",
  .label = N_ ("Summary"),
  .write = summary_write,
};
