/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon explain: where the numbers at one place of a model come from. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/tn-text.h"
#include "cli/cli-private.h"
#include "infer/tn-message.h"
#include "infer/tn-provenance.h"

/* "  axis 1  26 = ⌊(28 − 3)/1⌋ + 1 (conv2d)" and below it, where those numbers are from. */
static void
write_axis (const TnSubject *subject, TnRef ref, int axis, TnPaper *paper)
{
  g_autoptr (GArray) links = tn_provenance_new ();
  TnShape shape = tn_facts_shape (subject->facts, ref, NULL);
  g_autofree char *head = g_strdup_printf (_ ("axis %d"), axis);

  tn_paper_write (paper, TN_INK_BOLD, "  %s", head);
  tn_provenance_trace (subject->facts, ref, axis, links);
  if (links->len == 0)
    {
      g_autofree char *size = tn_dim_is_known (shape.dims[axis])
                                  ? g_strdup_printf ("%" G_GINT64_FORMAT, shape.dims[axis].size)
                                  : g_strdup (axis == 0 ? _ ("None: the batch, open until a run")
                                                        : _ ("None: not known"));

      g_string_append_printf (paper->text, "  %s\n", size);
    }
  for (guint i = 0; i < links->len; i++)
    {
      g_autofree char *text = tn_cli_report_link (&g_array_index (links, TnProvenance, i),
                                                  tn_subject_graph (subject));

      if (i > 0)
        g_string_append_printf (paper->text, "%*s", (int)tn_text_columns (head) + 2, "");
      g_string_append_printf (paper->text, "  %s\n", text);
    }
}

/* One tensor: its shape, then axis by axis how it came about. */
static void
write_tensor (const TnSubject *subject, TnRef ref, const TnPlace *place, TnPaper *paper)
{
  gboolean assumed = FALSE;
  TnShape shape = tn_facts_shape (subject->facts, ref, &assumed);
  g_autofree char *text = tn_shape_to_text (&shape);
  int only = place->has_axis ? tn_shape_axis (&shape, place->axis) : -1;
  const TnNode *source = tn_graph_find (tn_subject_graph (subject), ref.node);
  const char *name = source != NULL ? tn_node_output_name (source, ref.output) : NULL;

  g_string_append_printf (paper->text, "%s %s%s\n", name != NULL ? name : _ ("output"), text,
                          assumed ? _ (" (if the problem before it were mended)") : "");
  for (int axis = 0; axis < shape.rank; axis++)
    if (!place->has_axis || axis == only)
      write_axis (subject, ref, axis, paper);
}

static void
write_inputs (const TnSubject *subject, guint index, const TnPlace *place, TnPaper *paper)
{
  const TnGraph *graph = tn_subject_graph (subject);
  const TnNode *node = place->node;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        const TnNode *source = tn_graph_find (graph, ref.node);
        TnShape shape = tn_facts_input (subject->facts, index, call, slot);
        g_autofree char *text = tn_shape_to_text (&shape);
        const char *name = tn_schema_input_name (tn_node_schema (node), slot);

        if (source == NULL && tn_node_is_optional (node, slot))
          continue;
        if (source == NULL && name != NULL)
          g_string_append_printf (paper->text, _ ("%s: nothing is wired to it\n"), name);
        else if (source == NULL)
          g_string_append_printf (paper->text, _ ("input %u: nothing is wired to it\n"), slot);
        else if (name != NULL)
          /* Translators: "query", shape, layer */
          g_string_append_printf (paper->text, _ ("%s %s from %s\n"), name, text,
                                  tn_node_name (source));
        else
          g_string_append_printf (paper->text, _ ("input %s from %s\n"), text,
                                  tn_node_name (source));
      }
}

static void
write_weights (const TnSubject *subject, guint index, TnPaper *paper)
{
  guint n_weights = 0;
  const TnWeightSpec *weights = tn_facts_weights (subject->facts, index, &n_weights);

  for (guint i = 0; i < n_weights; i++)
    {
      g_autofree char *shape = tn_shape_to_text (&weights[i].shape);
      g_autofree char *count = tn_text_count (tn_shape_elements (&weights[i].shape, 0));

      g_string_append_printf (paper->text, _ ("weight %s %s: %s parameters\n"), weights[i].name,
                              shape, count);
    }
}

/* The findings at the layer, and at one slot only where a wire was asked for. */
static void
write_findings (const TnSubject *subject, TnNodeId node, int slot, TnPaper *paper)
{
  for (guint i = 0; i < tn_subject_n_issues (subject); i++)
    {
      const TnIssue *issue = tn_subject_issue (subject, i);

      if (issue->node != node || (slot >= 0 && issue->slot >= 0 && issue->slot != slot))
        continue;
      g_string_append_c (paper->text, '\n');
      tn_cli_report_write_issue (subject, i, TRUE, paper);
    }
}

static void
explain_layer (const TnSubject *subject, const TnPlace *place, TnPaper *paper)
{
  const TnNode *node = place->node;
  guint index = (guint)tn_graph_index (tn_subject_graph (subject), tn_node_id (node));
  g_autofree char *brief = tn_layer_brief (node);

  tn_paper_write (paper, TN_INK_BOLD, "%s", tn_node_name (node));
  g_string_append_printf (paper->text, " (%s)%s%s\n", tn_node_type (node),
                          *brief != '\0' ? " " : "", brief);
  if (!place->has_axis)
    {
      write_inputs (subject, index, place, paper);
      write_weights (subject, index, paper);
    }
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < tn_node_n_outputs (node); output++)
      write_tensor (subject, (TnRef){ tn_node_id (node), (guint16)call, (guint16)output }, place,
                    paper);
  write_findings (subject, tn_node_id (node), -1, paper);
}

/* FALSE when there is no wire between them. */
static gboolean
explain_wire (const TnSubject *subject, const TnPlace *place, TnPaper *paper)
{
  const TnNode *node = place->node;
  guint index = (guint)tn_graph_index (tn_subject_graph (subject), tn_node_id (node));
  gboolean found = FALSE;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);

        if (ref.node != tn_node_id (place->from))
          continue;
        found = TRUE;
        tn_paper_write (paper, TN_INK_BOLD, "%s → %s", tn_node_name (place->from),
                        tn_node_name (node));
        if (tn_schema_input_name (tn_node_schema (node), slot) != NULL)
          g_string_append_printf (paper->text, " (%s)",
                                  tn_schema_input_name (tn_node_schema (node), slot));
        g_string_append_printf (
            paper->text, " [%s]\n",
            tn_edge_state_name (tn_facts_edge (subject->facts, index, call, slot)));
        write_tensor (subject, ref, place, paper);
        write_findings (subject, tn_node_id (node), (int)slot, paper);
      }
  return found;
}

/* Is there such an axis in any output of the layer? */
static gboolean
has_axis (const TnSubject *subject, const TnPlace *place)
{
  for (guint call = 0; call < tn_node_n_calls (place->node); call++)
    for (guint output = 0; output < tn_node_n_outputs (place->node); output++)
      {
        TnShape shape = tn_facts_shape (
            subject->facts, (TnRef){ tn_node_id (place->node), (guint16)call, (guint16)output },
            NULL);

        if (shape.rank >= 0 && tn_shape_axis (&shape, place->axis) >= 0)
          return TRUE;
      }
  return FALSE;
}

/* ---- error messages ---- */

/* The end of standard input, as much as a message is read of. FALSE with a message. */
static gboolean
read_message (GByteArray *bytes)
{
  guint8 block[4096];

  for (;;)
    {
      gssize n = read (STDIN_FILENO, block, sizeof block);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          tn_cli_fail (TN_EXIT_USAGE, _ ("Standard input cannot be read: %s."), g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      g_byte_array_append (bytes, block, (guint)n);
      if (bytes->len > 2 * TN_MESSAGE_MOST)
        g_byte_array_remove_range (bytes, 0, bytes->len - TN_MESSAGE_MOST);
    }
}

static void
write_found (const TnSubject *subject, const TnMessage *message, TnPaper *paper)
{
  TnNodeId id = tn_message_find (message, subject->facts);
  TnPlace place = { .node = tn_graph_find (tn_subject_graph (subject), id) };

  g_string_append_c (paper->text, '\n');
  if (place.node == NULL)
    {
      tn_paper_write_wrapped (paper, TN_INK_DIM, _ ("No layer of the model goes with it."), 0);
      return;
    }
  explain_layer (subject, &place, paper);
}

static TnExit
explain_message (const char *text, char **rest)
{
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (TnMessage) message = NULL;
  g_autofree char *explained = NULL;
  TnExit code;

  if (rest[0] != NULL && rest[1] != NULL)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("“tenon %s” does not know what to do with “%s”."),
                        "explain", rest[1]);
  if (g_str_equal (text, "-"))
    {
      if (rest[0] != NULL && g_str_equal (rest[0], "-"))
        return tn_cli_fail (TN_EXIT_USAGE, _ ("The message and the model cannot both come from "
                                              "standard input."));
      if (!read_message (bytes))
        return TN_EXIT_USAGE;
    }
  else
    g_byte_array_append (bytes, (const guint8 *)text, (guint)MIN (strlen (text), G_MAXINT));
  if (rest[0] != NULL && !tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  message = tn_message_read ((const char *)bytes->data, (gssize)bytes->len);
  if (message == NULL)
    return tn_cli_fail (TN_EXIT_PROBLEMS, _ ("This is no message about shapes that Tenon knows."));
  explained = tn_message_explain (message);
  paper = tn_paper_new (STDOUT_FILENO);
  tn_paper_write_wrapped (&paper, TN_INK_PLAIN, explained, 0);
  if (rest[0] != NULL)
    {
      tn_subject_advise (&subject);
      write_found (&subject, message, &paper);
    }
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

static TnExit
run_explain (const TnCommand *command, int argc, char **argv)
{
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  g_autofree char *message = NULL;
  TnPlace place;
  TnExit code;
  const GOptionEntry entries[] = {
    { "message", 0, 0, G_OPTION_ARG_STRING, &message,
      N_ ("Explain an error message of Keras, TensorFlow or PyTorch (“-”: from standard input) and "
          "find its layer in FILE"),
      N_ ("TEXT") },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 0, 2, &rest, &code))
    return code;
  if (message != NULL)
    return explain_message (message, rest);
  if (rest[0] == NULL || rest[1] == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("“tenon %s” needs more: tenon %s %s."), command->word,
                        command->word, _ (command->arguments));
  if (!tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  if (!g_utf8_validate (rest[1], -1, NULL)
      || !tn_place_find (tn_subject_graph (&subject), rest[1], &place))
    {
      g_autofree char *shown = g_filename_display_name (rest[1]);

      return tn_cli_fail (TN_EXIT_USAGE,
                          _ ("%s has no place “%s”: name a layer, layer:axis or from->to."),
                          subject.file, shown);
    }
  if (place.has_axis && !has_axis (&subject, &place))
    return tn_cli_fail (TN_EXIT_USAGE, _ ("%s: the output of %s has no axis %d that is known."),
                        subject.file, tn_node_name (place.node), (int)place.axis);
  tn_subject_advise (&subject);
  paper = tn_paper_new (STDOUT_FILENO);
  if (place.from == NULL)
    explain_layer (&subject, &place, &paper);
  else if (!explain_wire (&subject, &place, &paper))
    return tn_cli_fail (TN_EXIT_USAGE, _ ("%s: %s is not wired to %s."), subject.file,
                        tn_node_name (place.from), tn_node_name (place.node));
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

const TnCommand tn_command_explain = {
  .word = "explain",
  .arguments = N_ ("FILE PLACE"),
  .summary = N_ ("Tells where the numbers at one place of a model come from."),
  .details = N_ ("PLACE is the name of a layer, or layer:axis for one axis of what it puts out "
                 "(0 is the batch, -1 the last), or from->to for what goes from one layer to "
                 "another. With --message FILE may be left out, and there is no PLACE."),
  .run = run_explain,
};
