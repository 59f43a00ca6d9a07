/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report on a model for people: the table of layers, the totals, the issues and repairs. */
#include <string.h>

#include "base/tn-text.h"
#include "cli/cli-private.h"
#include "graph/tn-active.h"
#include "infer/tn-keras-words.h"

/* Sign, name and ink of a finding: told by shape and word as well as by colour. */
static const char *
severity_sign (TnSeverity severity)
{
  static const char *const signs[] = {
    [TN_SEVERITY_ERROR] = "✗",
    [TN_SEVERITY_CONTRACT] = "⚠",
    [TN_SEVERITY_WARNING] = "!",
  };

  return signs[severity];
}

static TnInk
severity_ink (TnSeverity severity)
{
  static const TnInk inks[] = {
    [TN_SEVERITY_ERROR] = TN_INK_ERROR,
    [TN_SEVERITY_CONTRACT] = TN_INK_CONTRACT,
    [TN_SEVERITY_WARNING] = TN_INK_WARNING,
  };

  return inks[severity];
}

char *
tn_cli_report_shapes (const TnSubject *subject, guint index)
{
  const TnNode *node = tn_graph_node (tn_subject_graph (subject), index);
  guint n_outputs = tn_node_n_outputs (node), n_calls = tn_subject_calls_told (subject, index);
  GString *text = g_string_new (NULL);

  for (guint call = 0; call < n_calls; call++)
    for (guint output = 0; output < n_outputs; output++)
      {
        TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
        gboolean assumed = FALSE;
        TnShape shape = tn_facts_shape (subject->facts, ref, &assumed);
        g_autofree char *one = tn_shape_to_text (&shape);

        g_string_append_printf (text, "%s%s%s", text->len > 0 ? ", " : "",
                                assumed && shape.rank >= 0 ? "≈ " : "", one);
      }
  return g_string_free (text, FALSE);
}

/* The first and worst finding of a layer, those of the weights included. */
static const TnIssue *
worst_issue (const TnSubject *subject, TnNodeId node)
{
  const TnIssue *worst = NULL;

  for (guint i = 0; i < tn_subject_n_issues (subject); i++)
    {
      const TnIssue *issue = tn_subject_issue (subject, i);

      if (issue->node == node && (worst == NULL || issue->severity < worst->severity))
        worst = issue;
    }
  return worst;
}

static char *
problem_text (const TnSubject *subject, guint index, TnInk *ink)
{
  const TnNode *node = tn_graph_node (tn_subject_graph (subject), index);
  const TnIssue *issue = worst_issue (subject, tn_node_id (node));

  if (issue != NULL)
    {
      *ink = severity_ink (issue->severity);
      return g_strdup_printf ("%s %s", severity_sign (issue->severity), issue->code);
    }
  *ink = TN_INK_DIM;
  if (tn_facts_state (subject->facts, index) == TN_STATE_BLOCKED)
    return g_strdup_printf ("… %s", _ ("waits for another layer"));
  return NULL;
}

static void
add_layer_row (const TnSubject *subject, const TnSubjectRow *row, TnTable *table)
{
  const TnNode *node = tn_graph_node (tn_subject_graph (subject), row->index);
  gint64 params = tn_facts_params (subject->facts, row->index);
  TnInk ink;
  char *problem = problem_text (subject, row->index, &ink);

  tn_table_add (table, problem != NULL ? ink : TN_INK_PLAIN,
                g_strdup_printf ("%*s%s (%s)", (int)(2 * row->depth), "",
                                 tn_name_own (tn_node_name (node)), tn_node_type (node)));
  tn_table_add (table, TN_INK_PLAIN, tn_cli_report_shapes (subject, row->index));
  tn_table_add (table, TN_INK_PLAIN, params >= 0 ? tn_text_count (params) : g_strdup ("?"));
  tn_table_add (table, ink, problem);
}

/* A group stands over its layers, with the sum of their parameters. */
static void
add_group_row (const TnSubject *subject, const TnSubjectRow *row, TnTable *table)
{
  TnGroupSums sums = tn_subject_group_sums (subject, row->group);
  g_autoptr (GArray) shapes = tn_subject_group_outputs (subject, row->group);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < shapes->len; i++)
    {
      g_autofree char *one = tn_shape_to_text (&g_array_index (shapes, TnShape, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  tn_table_add (table, TN_INK_DIM,
                g_strdup_printf ("%*s▾ %s (%s)", (int)(2 * row->depth), "",
                                 tn_name_own (tn_group_name (row->group)),
                                 tn_group_type (row->group)));
  tn_table_add (table, TN_INK_DIM, g_string_free (g_steal_pointer (&text), FALSE));
  tn_table_add (table, TN_INK_DIM, sums.params >= 0 ? tn_text_count (sums.params) : g_strdup ("?"));
  tn_table_add (table, TN_INK_DIM, NULL);
}

static void
add_idle_row (const TnGraph *whole, guint index, TnTable *table)
{
  static const char *const words[] = {
    [TN_ROLE_ACTIVE] = "",
    [TN_ROLE_BYPASSED] = N_ ("bypassed"),
    [TN_ROLE_DISABLED] = N_ ("disabled"),
    [TN_ROLE_INACTIVE] = N_ ("inactive"),
  };
  const TnNode *node = tn_graph_node (whole, index);

  tn_table_add (table, TN_INK_DIM,
                g_strdup_printf ("%s (%s)", tn_node_name (node), tn_node_type (node)));
  tn_table_add (table, TN_INK_DIM, NULL);
  tn_table_add (table, TN_INK_DIM, NULL);
  tn_table_add (table, TN_INK_DIM,
                g_strdup_printf ("– %s", _ (words[tn_graph_role (whole, index)])));
}

void
tn_cli_report_write_layers (const TnSubject *subject, TnPaper *paper)
{
  g_autoptr (GArray) rows = tn_subject_rows (subject);
  g_autoptr (GArray) idle = tn_subject_idle (subject);
  g_autoptr (TnTable) table = tn_table_new ("llrl");

  tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Layer (type)")));
  tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Output shape")));
  tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Parameters")));
  tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Problem")));
  for (guint i = 0; i < rows->len; i++)
    {
      const TnSubjectRow *row = &g_array_index (rows, TnSubjectRow, i);

      if (row->group != NULL)
        add_group_row (subject, row, table);
      else
        add_layer_row (subject, row, table);
    }
  for (guint i = 0; i < idle->len; i++)
    add_idle_row (tn_facts_whole (subject->facts), g_array_index (idle, guint, i), table);
  tn_table_write (table, paper, 2);
}

void
tn_cli_report_write_totals (const TnSubject *subject, TnPaper *paper)
{
  TnTotals totals = tn_facts_totals (subject->facts);
  g_autofree char *params = tn_text_count (totals.params);
  g_autofree char *trainable = tn_text_count (totals.trainable);
  g_autofree char *frozen = tn_text_count (totals.params - totals.trainable);
  g_autofree char *bytes = tn_text_bytes ((guint64)MAX (totals.weights_bytes, 0));
  g_autofree char *macs = tn_text_count (totals.macs);
  g_autoptr (TnTable) table = tn_table_new ("lr");

  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Parameters")));
  tn_table_add (table, TN_INK_PLAIN, g_steal_pointer (&params));
  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Trainable")));
  tn_table_add (table, TN_INK_PLAIN, g_steal_pointer (&trainable));
  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Not trainable")));
  tn_table_add (table, TN_INK_PLAIN, g_steal_pointer (&frozen));
  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Weights in memory")));
  tn_table_add (table, TN_INK_PLAIN, g_steal_pointer (&bytes));
  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Multiply-accumulates a sample")));
  tn_table_add (table, TN_INK_PLAIN, g_steal_pointer (&macs));
  tn_table_write (table, paper, 2);
  if (!totals.complete)
    tn_paper_write (paper, TN_INK_DIM, "  %s\n",
                    _ ("These count only the layers whose shapes are known."));
}

char *
tn_cli_report_link (const TnProvenance *link, const TnGraph *graph)
{
  const TnNode *node = tn_graph_find (graph, link->node);

  /* A parameter's text already says whose it is. */
  if (node == NULL || strstr (link->text, tn_node_name (node)) != NULL)
    return g_strdup (link->text);
  return g_strdup_printf ("%s (%s)", link->text, tn_node_name (node));
}

static void
write_fix (const TnFix *fix, TnPaper *paper)
{
  g_string_append (paper->text, "  ");
  tn_paper_write (paper, TN_INK_GOOD, "%s.", fix->id);
  g_string_append_printf (paper->text, " %s\n", fix->label);
  if (fix->detail != NULL && *fix->detail != '\0')
    {
      tn_paper_write (paper, TN_INK_DIM, "     %s", fix->detail);
      g_string_append_c (paper->text, '\n');
    }
}

/* On one line, so that it can be searched for as it is. */
static void
write_keras_words (const TnSubject *subject, const TnIssue *issue, TnPaper *paper)
{
  g_autofree char *words = tn_keras_words (subject->facts, issue);

  if (words == NULL)
    return;
  tn_paper_write (paper, TN_INK_DIM, "  %s ", _ ("Keras says:"));
  g_string_append_printf (paper->text, "%s\n", words);
}

void
tn_cli_report_write_issue (const TnSubject *subject, guint position, gboolean with_fixes,
                           TnPaper *paper)
{
  const TnIssue *issue = tn_subject_issue (subject, position);
  gboolean is_fact = position < tn_facts_n_issues (subject->facts);

  tn_paper_write (paper, severity_ink (issue->severity), "%s ", severity_sign (issue->severity));
  g_string_append_printf (paper->text, "%s ", issue->message);
  tn_paper_write (paper, TN_INK_DIM, "[%s]", issue->code);
  g_string_append_c (paper->text, '\n');

  for (guint i = 0; issue->provenance != NULL && i < issue->provenance->len; i++)
    {
      const TnProvenance *link = &g_array_index (issue->provenance, TnProvenance, i);
      g_autofree char *text = tn_cli_report_link (link, tn_subject_graph (subject));
      const char *because = _ ("because");

      if (i == 0)
        tn_paper_write (paper, TN_INK_DIM, "  %s ", because);
      else
        g_string_append_printf (paper->text, "%*s", (int)tn_text_columns (because) + 3, "");
      g_string_append_printf (paper->text, "%s\n", text);
    }
  if (subject->keras_words)
    write_keras_words (subject, issue, paper);
  if (!with_fixes || !is_fact || subject->advice == NULL)
    return;
  for (guint i = 0; i < tn_advice_n_fixes (subject->advice, position); i++)
    write_fix (tn_advice_fix (subject->advice, position, i), paper);
}

static void
write_silenced (const TnSubject *subject, TnPaper *paper)
{
  guint n = tn_facts_totals (subject->facts).n_silenced;

  if (n > 0)
    tn_paper_write (paper, TN_INK_DIM, ngettext ("%u warning silenced", "%u warnings silenced", n),
                    n);
  if (n > 0)
    g_string_append_c (paper->text, '\n');
}

void
tn_cli_report_write_issues (const TnSubject *subject, gboolean with_fixes, TnPaper *paper)
{
  guint counts[3] = { 0 };
  guint n_issues = tn_subject_n_issues (subject);
  const char *separator = "";

  for (guint i = 0; i < n_issues; i++)
    {
      tn_cli_report_write_issue (subject, i, with_fixes, paper);
      g_string_append_c (paper->text, '\n');
      counts[tn_subject_issue (subject, i)->severity]++;
    }
  if (n_issues == 0)
    {
      tn_paper_write (paper, TN_INK_GOOD, "✓ ");
      g_string_append_printf (paper->text, "%s\n", _ ("Everything fits."));
      write_silenced (subject, paper);
      return;
    }
  for (guint severity = 0; severity < G_N_ELEMENTS (counts); severity++)
    {
      guint n = counts[severity];

      if (n == 0)
        continue;
      g_string_append (paper->text, separator);
      separator = ", ";
      if (severity == TN_SEVERITY_ERROR)
        g_string_append_printf (paper->text, ngettext ("%u error", "%u errors", n), n);
      else if (severity == TN_SEVERITY_WARNING)
        g_string_append_printf (paper->text, ngettext ("%u warning", "%u warnings", n), n);
      else
        g_string_append_printf (paper->text,
                                ngettext ("%u broken contract", "%u broken contracts", n), n);
    }
  g_string_append_c (paper->text, '\n');
  write_silenced (subject, paper);
}
