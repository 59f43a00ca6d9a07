/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that a word of the command line is about: read, ruled, inferred, advised on. */
#include <string.h>

#include "cli/cli-private.h"
#include "document/tn-document.h"
#include "graph/tn-draft.h"
#include "infer/tn-data.h"

void
tn_subject_clear (TnSubject *subject)
{
  g_clear_pointer (&subject->file, g_free);
  g_clear_pointer (&subject->facts, tn_facts_unref);
  g_clear_pointer (&subject->advice, tn_advice_unref);
  g_clear_pointer (&subject->given_report, tn_report_free);
  g_clear_pointer (&subject->weights, g_hash_table_unref);
}

static TnGraph *
with_rule (TnGraph *graph, TnDenseInputs rule)
{
  g_autoptr (TnGraph) original = graph;
  g_autoptr (TnDraft) draft = tn_draft_new (original);

  tn_draft_set_dense_inputs (draft, rule);
  return tn_draft_finish (draft);
}

gboolean
tn_subject_read (TnSubject *subject, const char *file, const char *dense_inputs,
                 const char *weights, TnExit *code)
{
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  TnDenseInputs rule;

  *subject = (TnSubject){ .file = g_filename_display_name (file) };
  if (dense_inputs != NULL && !tn_dense_inputs_from_name (dense_inputs, &rule))
    {
      *code = tn_cli_fail (TN_EXIT_USAGE, _ ("--dense-inputs is either “flat” or “any”, not “%s”."),
                           dense_inputs);
      return FALSE;
    }
  graph = tn_format_read (file, &subject->format, &error);
  if (graph == NULL)
    {
      *code = tn_cli_fail_error (error);
      return FALSE;
    }
  if (dense_inputs != NULL)
    graph = with_rule (g_steal_pointer (&graph), rule);
  subject->facts = tn_infer (graph, NULL, NULL);
  if (weights == NULL)
    return TRUE;

  subject->given_report = tn_report_new ();
  subject->weights
      = tn_format_read_weights (weights, subject->facts, subject->given_report, &error);
  if (subject->weights != NULL)
    return TRUE;
  *code = tn_cli_fail_error (error);
  return FALSE;
}

/* Wires the outputs of @first to what enters the group @name, one after the other. */
static TnGraph *
feed_group (const TnGraph *graph, const TnGraph *first, const char *name)
{
  const TnGroup *group = tn_graph_find_group (graph, name);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  guint n_outputs, number = 0;
  const TnRef *outputs = tn_graph_outputs (first, &n_outputs);

  for (guint i = 0; i < tn_graph_size (graph) && number < n_outputs; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group)
        tn_draft_connect (draft, outputs[number++], tn_node_id (node), 0, 0, NULL);
    }
  return tn_draft_finish (draft);
}

gboolean
tn_subject_then (TnSubject *subject, const char *file, TnExit *code)
{
  const TnGraph *first = tn_subject_graph (subject);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) second = tn_format_read (file, NULL, &error);
  g_autoptr (TnGraph) both = NULL, fed = NULL;
  g_autoptr (TnReport) report = tn_report_new ();
  g_autofree char *name = g_filename_display_basename (file);
  g_autofree char *subject_name = NULL;
  TnEditArgs args = { .graph = second, .text = name };
  char *dot = strrchr (name, '.');

  if (second == NULL)
    {
      *code = tn_cli_fail_error (error);
      return FALSE;
    }
  if (dot != NULL && dot != name)
    *dot = '\0';
  both = tn_edit_insert_model.apply (first, &args, report, &subject_name);
  if (both == NULL)
    {
      *code = tn_cli_fail (TN_EXIT_USAGE, "%s: %s", file, tn_report_first (report));
      return FALSE;
    }
  fed = feed_group (both, first, subject_name);
  g_clear_pointer (&subject->facts, tn_facts_unref);
  subject->facts = tn_infer (fed, NULL, NULL);
  return TRUE;
}

TnTensor *
tn_cli_read_array (const char *option, const char *typed, char **layer, TnExit *code)
{
  const char *equals = strrchr (typed, '=');
  g_autoptr (GError) error = NULL;
  TnTensor *tensor;

  if (equals == NULL || equals == typed || equals[1] == '\0')
    {
      *code = tn_cli_fail (TN_EXIT_USAGE, _ ("%s needs LAYER=FILE.npy, not “%s”."), option, typed);
      return NULL;
    }
  tensor = tn_npy_read (equals + 1, &error);
  if (tensor == NULL)
    *code = tn_cli_fail_error (error);
  else
    *layer = g_strndup (typed, (gsize)(equals - typed));
  return tensor;
}

gboolean
tn_subject_compare_data (TnSubject *subject, char **data, TnExit *code)
{
  g_autoptr (GArray) arrays = g_array_new (FALSE, TRUE, sizeof (TnData));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (subject->given_report == NULL)
    subject->given_report = tn_report_new ();
  for (; data != NULL && *data != NULL; data++)
    {
      g_autofree char *layer = NULL;
      g_autoptr (TnTensor) tensor = tn_cli_read_array ("--data", *data, &layer, code);
      const TnNode *node;
      TnData array;

      if (tensor == NULL)
        return FALSE;
      node = tn_graph_find_name (tn_subject_graph (subject), layer);
      if (node == NULL || (!tn_node_is_source (node) && tn_node_n_outputs (node) > 0))
        {
          *code = tn_cli_fail (TN_EXIT_USAGE, _ ("%s has neither an input nor labels called “%s”."),
                               subject->file, layer);
          return FALSE;
        }
      g_ptr_array_add (names, g_filename_display_basename (strrchr (*data, '=') + 1));
      array = (TnData){ tn_node_id (node), *tn_tensor_shape (tensor),
                        g_ptr_array_index (names, names->len - 1) };
      g_array_append_val (arrays, array);
    }
  tn_data_check (subject->facts, (const TnData *)(gpointer)arrays->data, arrays->len,
                 subject->given_report);
  return TRUE;
}

void
tn_subject_advise (TnSubject *subject)
{
  if (subject->advice == NULL)
    subject->advice = tn_advise (subject->facts, NULL);
}

const TnGraph *
tn_subject_graph (const TnSubject *subject)
{
  return tn_facts_graph (subject->facts);
}

guint
tn_subject_n_issues (const TnSubject *subject)
{
  return tn_facts_n_issues (subject->facts)
         + (subject->given_report != NULL ? tn_report_size (subject->given_report) : 0);
}

const TnIssue *
tn_subject_issue (const TnSubject *subject, guint position)
{
  guint n_facts = tn_facts_n_issues (subject->facts);

  return position < n_facts ? tn_facts_issue (subject->facts, position)
                            : tn_report_issue (subject->given_report, position - n_facts);
}

gboolean
tn_subject_has_errors (const TnSubject *subject)
{
  for (guint i = 0; i < tn_subject_n_issues (subject); i++)
    if (tn_subject_issue (subject, i)->severity == TN_SEVERITY_ERROR)
      return TRUE;
  return FALSE;
}

GArray *
tn_subject_order (const TnSubject *subject)
{
  const TnGraph *graph = tn_subject_graph (subject);
  g_autofree gboolean *seen = g_new0 (gboolean, tn_graph_size (graph));
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      guint index = tn_graph_step (graph, i).index;

      if (!seen[index])
        g_array_append_val (order, index);
      seen[index] = TRUE;
    }
  return order;
}

/* Layers may have ":" or "->" in their names, so a name is tried before what it might mean. */
gboolean
tn_place_find (const TnGraph *graph, const char *text, TnPlace *place)
{
  const char *colon = strrchr (text, ':');

  *place = (TnPlace){ .node = tn_graph_find_name (graph, text) };
  if (place->node != NULL)
    return TRUE;
  if (colon != NULL)
    {
      g_autofree char *name = g_strndup (text, (gsize)(colon - text));

      place->node = tn_graph_find_name (graph, name);
      place->has_axis = TRUE;
      if (place->node != NULL
          && g_ascii_string_to_signed (colon + 1, 10, -1000, 1000, &place->axis, NULL))
        return TRUE;
      place->has_axis = FALSE;
    }
  for (const char *arrow = strstr (text, "->"); arrow != NULL; arrow = strstr (arrow + 1, "->"))
    {
      g_autofree char *from = g_strndup (text, (gsize)(arrow - text));

      place->from = tn_graph_find_name (graph, from);
      place->node = tn_graph_find_name (graph, arrow + 2);
      if (place->from != NULL && place->node != NULL)
        return TRUE;
    }
  return FALSE;
}
