/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits about groups: opening and closing, grouping, ungrouping, renaming. */
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-document.h"
#include "document/tn-spacing.h"
#include "infer/tn-facts.h"
#include "layers/tn-layer.h"

#define ENTRY_ABOVE 72 /* what enters a new group stands so far above what uses it */
#define ENTRY_ASIDE 120

static const TnGroup *
find_group (const TnGraph *graph, const TnEditArgs *args, TnReport *report)
{
  const TnGroup *group = args->group != NULL ? tn_graph_find_group (graph, args->group) : NULL;

  if (group == NULL)
    tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                   _ ("This group is no longer in the model."));
  return group;
}

static TnGraph *
apply_open (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) opened = NULL;
  const TnGroup *group = find_group (graph, args, report);

  if (group == NULL)
    return NULL;
  if (tn_group_is_open (group) == tn_value_bool (args->value))
    return tn_graph_ref (graph);
  draft = tn_draft_new (graph);
  tn_draft_open_group (draft, args->group, tn_value_bool (args->value));
  opened = tn_draft_finish (draft);
  *subject = g_strdup (tn_name_own (args->group));
  return tn_spacing_resize_group (graph, opened, args->group);
}

/* ---- grouping ---- */

typedef struct
{
  const TnGraph *graph;
  gboolean *chosen; /* by index */
  guint n_chosen;
  char *outer;   /* the group in which the new one is to stand; "" in none */
  guint n_parts; /* calls of it */
  TnFacts *facts;
} Choice;

static gboolean
is_within (const char *name, const char *group)
{
  gsize length = strlen (group);

  return length == 0 || (strncmp (name, group, length) == 0 && name[length] == '/');
}

static void
choose (Choice *choice, const TnEditArgs *args)
{
  for (guint i = 0; i < args->n_nodes; i++)
    {
      int index = tn_graph_index (choice->graph, args->nodes[i]);
      const TnNode *node = index >= 0 ? tn_graph_node (choice->graph, (guint)index) : NULL;

      /* Inputs and labels are the model's own. */
      if (node == NULL || choice->chosen[index] || tn_node_is_source (node)
          || tn_node_n_outputs (node) == 0)
        continue;
      choice->chosen[index] = TRUE;
      choice->n_chosen++;
    }
}

/* Is all that is within @group chosen? */
static gboolean
is_whole (const Choice *choice, const char *group)
{
  for (guint i = 0; i < tn_graph_size (choice->graph); i++)
    if (is_within (tn_node_name (tn_graph_node (choice->graph, i)), group) && !choice->chosen[i])
      return FALSE;
  return TRUE;
}

/* The innermost group that holds all that is chosen and more. */
static void
find_outer (Choice *choice)
{
  for (guint i = 0; i < tn_graph_size (choice->graph); i++)
    {
      const char *name = tn_node_name (tn_graph_node (choice->graph, i));

      if (!choice->chosen[i])
        continue;
      if (choice->outer == NULL)
        choice->outer = g_strndup (name, tn_name_group_length (name));
      while (!is_within (name, choice->outer))
        choice->outer[tn_name_group_length (choice->outer)] = '\0';
    }
  while (choice->outer[0] != '\0' && is_whole (choice, choice->outer))
    choice->outer[tn_name_group_length (choice->outer)] = '\0';
}

/* The child group of the outer one that a node stands in; NULL: it stands in none. */
static char *
child_group (const Choice *choice, const char *name)
{
  gsize skip = strlen (choice->outer) + (choice->outer[0] != '\0');
  const char *slash = strchr (name + skip, '/');

  return slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;
}

/* What cannot be a group: parts of other groups, what enters the outer one, and what something
 * stands between that is not chosen. */
static gboolean
check_choice (const Choice *choice, TnReport *report)
{
  const TnGraph *graph = choice->graph;
  g_autofree gboolean *after = g_new0 (gboolean, tn_graph_size (graph));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      g_autofree char *child = choice->chosen[i] ? child_group (choice, tn_node_name (node)) : NULL;

      if (!choice->chosen[i])
        continue;
      if (child == NULL && tn_node_schema (node)->boundary)
        {
          tn_report_add (report, TN_SEVERITY_ERROR, "wire", tn_node_id (node),
                         _ ("%s is an input of the group it stands in, and stays there."),
                         tn_name_own (tn_node_name (node)));
          return FALSE;
        }
      if (child != NULL && !is_whole (choice, child))
        {
          tn_report_add (report, TN_SEVERITY_ERROR, "wire", tn_node_id (node),
                         _ ("%s is only a part of the group %s: select all of it, or nothing."),
                         tn_name_own (tn_node_name (node)), tn_name_own (child));
          return FALSE;
        }
    }
  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnNode *node = tn_graph_node (graph, step.index);

      for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
        {
          int source = tn_graph_index (graph, tn_node_input (node, step.call, slot).node);

          if (source < 0 || choice->chosen[source] == choice->chosen[step.index])
            {
              if (source >= 0 && !choice->chosen[source] && after[source])
                after[step.index] = TRUE;
              continue;
            }
          if (choice->chosen[source])
            after[step.index] = TRUE;
          else if (after[source])
            {
              tn_report_add (report, TN_SEVERITY_ERROR, "wire", tn_node_id (node),
                             _ ("%s stands between the selected layers: select it as well."),
                             tn_node_name (tn_graph_node (graph, (guint)source)));
              return FALSE;
            }
        }
    }
  return TRUE;
}

static guint
calls_of_outer (const Choice *choice)
{
  const TnGroup *outer
      = choice->outer[0] != '\0' ? tn_graph_find_group (choice->graph, choice->outer) : NULL;

  return outer != NULL ? MAX (tn_graph_group_calls (choice->graph, outer), 1) : 1;
}

/* Calls of a node in one call of the outer group. */
static guint
part_of (const Choice *choice, const TnNode *node)
{
  return MAX (tn_node_n_calls (node) / choice->n_parts, 1);
}

/* What the group gives: what others use, and what nobody does. Of TnRef. */
static GArray *
find_outputs (const Choice *choice)
{
  GArray *outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));

  for (guint i = 0; i < tn_graph_size (choice->graph); i++)
    {
      const TnNode *node = tn_graph_node (choice->graph, i);
      guint n_uses;
      const TnGraphUse *uses = tn_graph_uses (choice->graph, i, &n_uses);

      for (guint call = 0; choice->chosen[i] && call < part_of (choice, node); call++)
        for (guint output = 0; output < tn_node_n_outputs (node); output++)
          {
            TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
            gboolean used = FALSE, leaves = FALSE;

            for (guint j = 0; j < n_uses; j++)
              if (uses[j].ref.call % part_of (choice, node) == call && uses[j].ref.output == output)
                {
                  used = TRUE;
                  leaves = leaves || !choice->chosen[uses[j].index];
                }
            if (leaves || !used)
              g_array_append_val (outputs, ref);
          }
    }
  return outputs;
}

/* What enters: the source as the first part of its user's calls sees it. */
typedef struct
{
  TnRef ref;
  TnNodeId node; /* the boundary made for it */
} Entry;

/* The boundary for what the slot of the draft's @node gets from outside, made where there is none.
 */
static TnNodeId
find_entry (const Choice *choice, TnDraft *draft, const char *group, GArray *entries,
            const TnNode *node, guint call, guint slot)
{
  TnRef ref = tn_node_input (node, call, slot);
  g_autofree char *name = NULL;
  Entry entry = { .ref = ref };
  TnShape shape;

  for (guint i = 0; i < entries->len; i++)
    if (tn_ref_equal (g_array_index (entries, Entry, i).ref, ref))
      return g_array_index (entries, Entry, i).node;
  name = tn_draft_free_name (draft, group, "input");
  entry.node = tn_draft_add (draft, &tn_layer_boundary ()->schema, name, FALSE, NULL);
  tn_draft_move (draft, entry.node, tn_node_x (node) + ENTRY_ASIDE * (double)slot,
                 tn_node_y (node) - ENTRY_ABOVE);
  for (guint part = 0; part < choice->n_parts; part++)
    {
      if (part > 0)
        tn_draft_add_call (draft, entry.node);
      tn_draft_connect (draft, tn_node_input (node, call + part * part_of (choice, node), slot),
                        entry.node, part, 0, NULL);
    }
  /* As Keras does: a model is made for what it was first called on. */
  shape = tn_facts_shape (choice->facts, ref, NULL);
  if (tn_shape_is_some (&shape))
    {
      g_autofree char *text = tn_shape_to_text (&shape);

      tn_draft_set_text (draft, entry.node, "batch_shape", text, NULL);
    }
  g_array_append_val (entries, entry);
  return entry.node;
}

static void
wire_entries (const Choice *choice, TnDraft *draft, const char *group)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  for (guint i = 0; i < tn_graph_size (choice->graph); i++)
    {
      const TnNode *node = tn_graph_node (choice->graph, i);
      guint step = part_of (choice, node);

      for (guint call = 0; choice->chosen[i] && call < step; call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            int source = tn_graph_index (choice->graph, tn_node_input (node, call, slot).node);
            TnNodeId entry;

            if (source < 0 || choice->chosen[source])
              continue;
            entry = find_entry (choice, draft, group, entries, node, call, slot);
            for (guint part = 0; part < choice->n_parts; part++)
              tn_draft_connect (draft, (TnRef){ entry, (guint16)part, 0 }, tn_node_id (node),
                                call + part * step, slot, NULL);
          }
    }
}

/* The whole name of the new group, or NULL and why it cannot be. */
static char *
group_name (const Choice *choice, const TnDraft *draft, const char *text, TnReport *report)
{
  g_autofree char *own = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  g_autofree char *name = NULL;

  if (own == NULL)
    return tn_draft_free_name (draft, choice->outer, "group");
  name = tn_draft_free_name (draft, choice->outer, own);
  if (own[0] != '\0' && strchr (own, '/') == NULL && g_str_equal (tn_name_own (name), own))
    return g_steal_pointer (&name);
  tn_report_add (report, TN_SEVERITY_ERROR, "name", TN_NODE_NONE,
                 _ ("“%s” cannot be the name of a group, or is taken."), own);
  return NULL;
}

static TnGraph *
make_group (const Choice *choice, const char *text, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (choice->graph);
  g_autoptr (GArray) outputs = find_outputs (choice);
  g_autofree char *name = group_name (choice, draft, text, report);
  g_autoptr (TnGraph) grouped = NULL;

  if (name == NULL || !tn_draft_set_group (draft, name, "Functional", NULL, 0, NULL, report))
    return NULL;
  for (guint i = 0; i < tn_graph_size (choice->graph); i++)
    {
      const TnNode *node = tn_graph_node (choice->graph, i);
      g_autofree char *child = choice->chosen[i] ? child_group (choice, tn_node_name (node)) : NULL;

      if (choice->chosen[i] && child == NULL)
        tn_draft_put_into (draft, tn_node_id (node), name);
      else if (child != NULL && tn_draft_find_group (draft, child) != NULL)
        {
          g_autofree char *to = tn_draft_free_name (draft, name, tn_name_own (child));

          tn_draft_move_group (draft, child, to);
        }
    }
  wire_entries (choice, draft, name);
  tn_draft_set_group (draft, name, "Functional", (const TnRef *)(gpointer)outputs->data,
                      outputs->len, NULL, NULL);
  grouped = tn_draft_finish (draft);
  *subject = g_strdup (tn_name_own (name));
  return tn_spacing_resize_group (choice->graph, grouped, name);
}

static TnGraph *
apply_group (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autofree gboolean *chosen = g_new0 (gboolean, tn_graph_size (graph) + 1);
  Choice choice = { .graph = graph, .chosen = chosen };
  TnGraph *grouped = NULL;

  choose (&choice, args);
  if (choice.n_chosen == 0)
    {
      tn_report_add (
          report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
          _ ("Select the layers that are to be a group; inputs and targets stay outside."));
      return NULL;
    }
  find_outer (&choice);
  if (check_choice (&choice, report))
    {
      choice.n_parts = calls_of_outer (&choice);
      choice.facts = tn_infer (graph, NULL, NULL);
      grouped = make_group (&choice, args->text, report, subject);
    }
  g_free (choice.outer);
  g_clear_pointer (&choice.facts, tn_facts_unref);
  return grouped;
}

/* ---- ungrouping ---- */

/* Whoever uses what enters the group gets it from where it comes from. */
static void
heal_entry (TnDraft *draft, const TnGraph *graph, guint index)
{
  const TnNode *node = tn_graph_node (graph, index);
  guint n_uses;
  const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);

  for (guint i = 0; i < n_uses; i++)
    {
      TnRef from = tn_node_input (tn_draft_find (draft, tn_node_id (node)), uses[i].ref.call, 0);

      if (from.node != TN_NODE_NONE)
        tn_draft_connect (draft, from, tn_node_id (tn_graph_node (graph, uses[i].index)),
                          uses[i].call, uses[i].slot, NULL);
    }
  tn_draft_remove (draft, tn_node_id (node));
}

static TnGraph *
apply_ungroup (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnGroup *group = find_group (graph, args, report);
  g_autoptr (TnDraft) draft = NULL;
  g_autofree char *outer = NULL;

  if (group == NULL)
    return NULL;
  outer = g_strndup (args->group, tn_name_group_length (args->group));
  draft = tn_draft_new (graph);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_graph_group_of (graph, node) != group)
        continue;
      if (tn_node_schema (node)->boundary)
        heal_entry (draft, graph, i);
      else
        tn_draft_put_into (draft, tn_node_id (node), outer);
    }
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const char *name = tn_group_name (tn_graph_group (graph, i));

      if (tn_name_group_length (name) == strlen (args->group) && is_within (name, args->group))
        {
          g_autofree char *to = tn_draft_free_name (draft, outer, tn_name_own (name));

          tn_draft_move_group (draft, name, to);
        }
    }
  tn_draft_remove_group (draft, args->group);
  *subject = g_strdup (tn_name_own (args->group));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_rename (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnGroup *group = find_group (graph, args, report);
  g_autofree char *own = g_strstrip (g_strdup (args->text != NULL ? args->text : ""));
  g_autofree char *outer = NULL, *to = NULL;
  g_autoptr (TnDraft) draft = NULL;

  if (group == NULL)
    return NULL;
  if (g_str_equal (own, tn_name_own (args->group)))
    return tn_graph_ref (graph);
  draft = tn_draft_new (graph);
  outer = g_strndup (args->group, tn_name_group_length (args->group));
  to = tn_draft_free_name (draft, outer, own);
  if (own[0] == '\0' || strchr (own, '/') != NULL || !g_str_equal (tn_name_own (to), own))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", TN_NODE_NONE,
                     _ ("“%s” cannot be the name of a group, or is taken."), own);
      return NULL;
    }
  tn_draft_move_group (draft, args->group, to);
  *subject = g_strdup (own);
  return tn_draft_finish (draft);
}

const TnEdit tn_edit_open_group
    = { "open-group", N_ ("Open or Close %s"), N_ ("Undo Open or Close %s"),
        N_ ("Redo Open or Close %s"), apply_open };
const TnEdit tn_edit_group
    = { "group", N_ ("Group %s"), N_ ("Undo Group %s"), N_ ("Redo Group %s"), apply_group };
const TnEdit tn_edit_ungroup = { "ungroup", N_ ("Ungroup %s"), N_ ("Undo Ungroup %s"),
                                 N_ ("Redo Ungroup %s"), apply_ungroup };
const TnEdit tn_edit_rename_group = { "rename-group", N_ ("Rename %s"), N_ ("Undo Rename %s"),
                                      N_ ("Redo Rename %s"), apply_rename };
