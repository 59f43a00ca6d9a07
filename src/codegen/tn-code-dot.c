/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphviz: a box for each layer, the shape on each wire, problems in red and amber. */
#include "base/tn-i18n.h"
#include "codegen/tn-code-private.h"

static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      /* A backslash begins an escape of Graphviz (\n, \N), which is never meant here. */
      if (character == '"' || character == '\\')
        g_string_append_printf (out, "\\%c", (char)character);
      else if (character < 0x20 || character == 0x7F)
        g_string_append_unichar (out, 0xFFFD);
      else
        g_string_append_unichar (out, character);
    }
}

static const char *
severity_colors (TnSeverity severity)
{
  static const char *const colors[] = {
    [TN_SEVERITY_ERROR] = ", color=\"#c01c28\", fillcolor=\"#fbe1e1\"",
    [TN_SEVERITY_CONTRACT] = ", color=\"#c01c28\"",
    [TN_SEVERITY_WARNING] = ", color=\"#b36b00\", fillcolor=\"#fff3d6\"",
  };

  return colors[severity];
}

static const char *
edge_colors (TnEdgeState state)
{
  switch (state)
    {
    case TN_EDGE_ERROR:
      return ", color=\"#c01c28\", fontcolor=\"#c01c28\"";
    case TN_EDGE_WARNING:
      return ", color=\"#b36b00\", fontcolor=\"#b36b00\"";
    case TN_EDGE_ASSUMED:
    case TN_EDGE_UNKNOWN:
      return ", style=dashed";
    case TN_EDGE_OK:
      break;
    }
  return "";
}

static void
append_node (GString *out, const TnFacts *facts, guint index, guint depth)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  g_autofree char *brief = tn_layer_brief (node);
  TnSeverity severity = TN_SEVERITY_WARNING;
  g_autofree char *problem = tn_code_problem (facts, index, &severity);

  g_string_append_printf (out, "%*sn%u [label=\"", (int)(2 * depth + 2), "", tn_node_id (node));
  append_escaped (out, tn_name_own (tn_node_name (node)));
  g_string_append_printf (out, "\\n%s", tn_node_type (node));
  if (*brief != '\0')
    {
      g_string_append (out, "\\n");
      append_escaped (out, brief);
    }
  if (problem != NULL)
    g_string_append_printf (out, "\\n%s", problem);
  g_string_append_printf (out, "\"%s];\n", problem != NULL ? severity_colors (severity) : "");
}

static void
append_edges (GString *out, const TnFacts *facts, guint index)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnNode *node = tn_graph_node (graph, index);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        TnShape shape = tn_facts_shape (facts, ref, NULL);
        g_autofree char *text = tn_shape_to_text (&shape);

        if (tn_graph_find (graph, ref.node) != NULL)
          g_string_append_printf (out, "  n%u -> n%u [label=\"%s\"%s];\n", ref.node,
                                  tn_node_id (node), text,
                                  edge_colors (tn_facts_edge (facts, index, call, slot)));
      }
}

static void
begin_group (GString *out, const TnGroup *group, guint number, guint depth)
{
  int indent = (int)(2 * depth + 2);

  g_string_append_printf (out, "%*ssubgraph cluster_%u {\n%*s  label=\"", indent, "", number,
                          indent, "");
  append_escaped (out, tn_name_own (tn_group_name (group)));
  g_string_append_printf (out,
                          "\\n%s\";\n%*s  style=\"rounded,filled\"; fillcolor=\"#00000010\";\n",
                          tn_group_type (group), indent, "");
}

static const TnCodeGrouping grouping = {
  .node = append_node,
  .begin = begin_group,
  .end = "}",
};

static gboolean
dot_write (const TnFacts *facts, GString *out, GError **error)
{
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (GArray) order = tn_code_order (graph);

  g_string_append (out, "digraph \"");
  append_escaped (out, tn_graph_name (graph));
  g_string_append (out, "\" {\n"
                        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", "
                        "fontname=\"sans-serif\"];\n"
                        "  edge [fontname=\"sans-serif\", fontsize=10];\n");
  tn_code_write_grouped (out, facts, order, &grouping);
  for (guint i = 0; i < order->len; i++)
    append_edges (out, facts, g_array_index (order, guint, i));
  g_string_append (out, "}\n");
  return TRUE;
}

const TnCodeTarget tn_code_dot = {
  .name = "dot",
  .ending = "dot",
  .label = N_ ("Graphviz diagram"),
  .write = dot_write,
};
