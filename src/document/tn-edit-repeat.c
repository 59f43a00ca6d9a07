/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that repeat a group, change how often, and make all copies alike (graph/tn-repeat.h). */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-document.h"
#include "graph/tn-active.h"
#include "graph/tn-repeat.h"

/* From one copy to the next, along the flow. */
#define STEP_DOWN  120.0
#define STEP_RIGHT 320.0

static GArray *
members_of (const TnGraph *graph, const char *group)
{
  const TnGroup *found = tn_graph_find_group (graph, group);
  GArray *members = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; found != NULL && i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      if (tn_group_holds (found, tn_node_name (tn_graph_node (graph, i))))
        g_array_append_val (members, id);
    }
  return members;
}

/* The outermost group that @after has and @before has not. New string. */
static char *
new_group (const TnGraph *before, const TnGraph *after)
{
  for (guint i = 0; i < tn_graph_n_groups (after); i++)
    {
      const char *name = tn_group_name (tn_graph_group (after, i));

      if (tn_graph_find_group (before, name) == NULL)
        return g_strdup (name);
    }
  return NULL;
}

/* What used @from, but for what is in the group @except, uses @to. */
static void
redirect (TnDraft *draft, const TnGraph *graph, TnRef from, TnRef to, const char *except)
{
  const TnGroup *inner = tn_graph_find_group (graph, except);

  for (guint i = 0; i < tn_draft_size (draft); i++)
    for (guint call = 0; call < tn_node_n_calls (tn_draft_node (draft, i)); call++)
      for (guint slot = 0; slot < tn_node_n_inputs (tn_draft_node (draft, i), call); slot++)
        {
          const TnNode *user = tn_draft_node (draft, i);

          if (tn_ref_equal (tn_node_input (user, call, slot), from)
              && !tn_group_holds (inner, tn_node_name (user)))
            tn_draft_connect (draft, to, tn_node_id (user), call, slot, NULL);
        }
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      guint n_outputs;
      const TnRef *outputs = tn_group_outputs (group, &n_outputs);
      g_autofree TnRef *next = g_memdup2 (outputs, n_outputs * sizeof (TnRef));
      gboolean changed = FALSE;

      if (!tn_group_holds (group, except))
        continue;
      for (guint j = 0; j < n_outputs; j++)
        if (tn_ref_equal (next[j], from))
          {
            next[j] = to;
            changed = TRUE;
          }
      if (changed)
        tn_draft_set_group (draft, tn_group_name (group), tn_group_type (group), next, n_outputs,
                            tn_group_extras (group), NULL);
    }
  if (tn_graph_outputs_declared (graph))
    {
      guint n_outputs;
      const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);
      g_autofree TnRef *next = g_memdup2 (outputs, n_outputs * sizeof (TnRef));

      for (guint j = 0; j < n_outputs; j++)
        if (tn_ref_equal (next[j], from))
          next[j] = to;
      tn_draft_set_outputs (draft, next, n_outputs);
    }
}

/* One more copy of the group @first behind *@last, number @number of them, which then is the last.
 * NULL when it cannot be. */
static TnGraph *
append_copy (const TnGraph *graph, const char *first, guint number, char **last, TnReport *report)
{
  g_autoptr (GArray) members = members_of (graph, first);
  gboolean down = tn_graph_direction (graph) == TN_DIRECTION_DOWN;
  g_autofree char *subject = NULL, *name = NULL;
  g_autoptr (TnGraph) copied = NULL;
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *entry;
  TnRef from, to;

  copied
      = tn_edit_duplicate.apply (graph,
                                 &(TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)members->data,
                                                .n_nodes = members->len,
                                                .x = down ? 0 : number * STEP_RIGHT,
                                                .y = down ? number * STEP_DOWN : 0 },
                                 report, &subject);
  if (copied == NULL)
    return NULL;
  name = new_group (graph, copied);
  entry = name != NULL ? tn_graph_only_entry (copied, tn_graph_find_group (copied, name)) : NULL;
  if (entry == NULL || !tn_graph_only_output (tn_graph_find_group (copied, *last), &from)
      || !tn_graph_only_output (tn_graph_find_group (copied, name), &to))
    return NULL;
  draft = tn_draft_new (copied);
  redirect (draft, copied, from, to, *last);
  if (!tn_draft_connect (draft, from, tn_node_id (entry), 0, 0, report))
    return NULL;
  g_free (*last);
  *last = g_steal_pointer (&name);
  return tn_draft_finish (draft);
}

static TnGraph *
remove_last (const TnGraph *graph, const TnGroup *last, const TnGroup *before)
{
  g_autoptr (GArray) members = members_of (graph, tn_group_name (last));
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnRef from, to;

  if (!tn_graph_only_output (last, &from) || !tn_graph_only_output (before, &to))
    return NULL;
  redirect (draft, graph, from, to, tn_group_name (last));
  for (guint i = 0; i < members->len; i++)
    tn_draft_remove (draft, g_array_index (members, TnNodeId, i));
  return tn_draft_finish (draft);
}

/* @name, which repeats, with so many copies. */
static TnGraph *
set_times (const TnGraph *graph, const char *name, guint times, TnReport *report)
{
  g_autoptr (TnGraph) current = tn_graph_ref (graph);

  while (TRUE)
    {
      g_autoptr (GPtrArray) copies
          = tn_graph_repeated (current, tn_graph_find_group (current, name), FALSE);
      TnGraph *next;

      if (copies == NULL)
        return NULL;
      if (copies->len == times)
        return g_steal_pointer (&current);
      if (copies->len > times)
        next
            = remove_last (current, copies->pdata[copies->len - 1], copies->pdata[copies->len - 2]);
      else
        {
          g_autofree char *last = g_strdup (tn_group_name (copies->pdata[copies->len - 1]));

          next
              = append_copy (current, tn_group_name (copies->pdata[0]), copies->len, &last, report);
        }
      if (next == NULL)
        return NULL;
      tn_graph_unref (current);
      current = next;
    }
}

/* Closes @repeat and all copies in it, and puts it where its members' middle was in @before: it is
 * one box, so what else there is can stay where it was. */
static TnGraph *
close_all (const TnGraph *before, const TnGraph *graph, const char *repeat, double x, double y)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GArray) members = members_of (graph, repeat);
  double sum_x = 0, sum_y = 0;

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const char *name = tn_group_name (tn_graph_group (graph, i));

      if (g_str_equal (name, repeat) || tn_group_holds (tn_graph_find_group (graph, repeat), name))
        tn_draft_open_group (draft, name, FALSE);
    }
  for (guint i = 0; i < members->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (members, TnNodeId, i));

      sum_x += tn_node_x (node) / members->len;
      sum_y += tn_node_y (node) / members->len;
    }
  for (guint i = 0; i < members->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (members, TnNodeId, i));

      tn_draft_move (draft, tn_node_id (node), round (tn_node_x (node) + x - sum_x),
                     round (tn_node_y (node) + y - sum_y));
    }
  for (guint i = 0; i < tn_graph_size (before); i++)
    {
      const TnNode *node = tn_graph_node (before, i);
      const TnNode *now = tn_graph_find (graph, tn_node_id (node));

      if (now != NULL && !tn_group_holds (tn_graph_find_group (graph, repeat), tn_node_name (now)))
        tn_draft_move (draft, tn_node_id (node), tn_node_x (node), tn_node_y (node));
    }
  return tn_draft_finish (draft);
}

/* @name, and copies of it, in a group of their own. */
static TnGraph *
repeat_group (const TnGraph *before, const TnGraph *graph, const char *name, guint times,
              TnReport *report)
{
  g_autoptr (TnGraph) current = tn_graph_ref (graph);
  g_autoptr (GArray) all = members_of (graph, name);
  g_autofree char *last = g_strdup (name), *subject = NULL, *own = NULL, *repeat = NULL;
  g_autofree char *outer = g_strndup (name, tn_name_group_length (name));
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) grouped = NULL;
  double x = 0, y = 0;
  guint n_placed = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const TnNode *node = tn_graph_find (before, g_array_index (all, TnNodeId, i));

      if (node == NULL)
        continue;
      x += tn_node_x (node);
      y += tn_node_y (node);
      n_placed++;
    }
  x /= MAX (n_placed, 1);
  y /= MAX (n_placed, 1);
  for (guint i = 1; i < times; i++)
    {
      TnGraph *next = append_copy (current, name, i, &last, report);
      g_autoptr (GArray) members = NULL;

      if (next == NULL)
        return NULL;
      tn_graph_unref (current);
      current = next;
      members = members_of (current, last);
      g_array_append_vals (all, members->data, members->len);
    }
  draft = tn_draft_new (current);
  own = tn_draft_free_name (draft, outer, "repeat");
  grouped = tn_edit_group.apply (current,
                                 &(TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)all->data,
                                                .n_nodes = all->len,
                                                .text = tn_name_own (own) },
                                 report, &subject);
  if (grouped == NULL)
    return NULL;
  repeat = new_group (current, grouped);
  return repeat != NULL ? close_all (before, grouped, repeat, x, y) : NULL;
}

static TnGraph *
refuse (TnReport *report)
{
  tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                 _ ("Only what one tensor enters and one leaves, once, can stand in a row."));
  return NULL;
}

static TnGraph *
apply_repeat (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnGraph) grouped = NULL;
  g_autoptr (GPtrArray) copies = NULL;
  g_autofree char *name = NULL, *ignored = NULL;
  const TnGroup *group;
  TnRef output;

  g_return_val_if_fail (args->times >= 2 && args->times <= TN_REPEAT_MOST, NULL);
  group = args->group != NULL ? tn_graph_find_group (graph, args->group)
                              : tn_copies_whole_group (graph, args->nodes, args->n_nodes);
  grouped = tn_graph_ref (graph);
  if (group == NULL)
    {
      tn_graph_unref (grouped);
      grouped = tn_edit_group.apply (
          graph, &(TnEditArgs){ .nodes = args->nodes, .n_nodes = args->n_nodes }, report, &ignored);
      if (grouped == NULL)
        return NULL;
      name = new_group (graph, grouped);
    }
  else
    name = g_strdup (tn_group_name (group));
  group = name != NULL ? tn_graph_find_group (grouped, name) : NULL;
  if (group == NULL)
    return refuse (report);
  *subject = g_strdup_printf ("%s ×%u", tn_name_own (name), args->times);
  copies = tn_graph_repeated (grouped, group, FALSE);
  if (copies != NULL)
    return set_times (grouped, name, args->times, report);
  if (tn_graph_only_entry (grouped, group) == NULL || !tn_graph_only_output (group, &output)
      || tn_graph_find (grouped, output.node) == NULL
      || tn_node_n_calls (tn_graph_find (grouped, output.node)) != 1)
    return refuse (report);
  return repeat_group (graph, grouped, name, args->times, report);
}

/* The settings of @node, but for its name, its place and its wires. */
static void
copy_settings (TnDraft *draft, const TnNode *node, TnNodeId twin)
{
  TnShape pin;

  for (guint i = 0; i < tn_node_schema (node)->n_params; i++)
    tn_draft_set (draft, twin, i, tn_node_get (node, i), FALSE, NULL);
  tn_draft_set_trainable (draft, twin, tn_node_is_trainable (node));
  tn_draft_pin (draft, twin, tn_node_pin (node, &pin) ? &pin : NULL);
  tn_draft_set_extras (draft, twin, tn_node_extras (node));
}

static TnGraph *
apply_to_all (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  guint n_changed = 0;

  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, args->nodes[i]);
      guint number = 0;
      const TnGroup *around = node != NULL ? tn_graph_repeat_around (graph, node, &number) : NULL;
      g_autoptr (GPtrArray) copies
          = around != NULL ? tn_graph_repeated (graph, around, FALSE) : NULL;

      for (guint j = 0; copies != NULL && j < copies->len; j++)
        {
          const TnNode *twin
              = j == number ? NULL
                            : tn_graph_twin (graph, node, copies->pdata[number], copies->pdata[j]);

          if (twin == NULL)
            continue;
          copy_settings (draft, node, tn_node_id (twin));
          n_changed++;
        }
    }
  if (n_changed == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                     _ ("There are no copies of this layer."));
      return NULL;
    }
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

const TnEdit tn_edit_repeat
    = { "repeat", N_ ("Repeat %s"), N_ ("Undo Repeat %s"), N_ ("Redo Repeat %s"), apply_repeat };
const TnEdit tn_edit_apply_to_all
    = { "apply-to-all", N_ ("Apply %s to All"), N_ ("Undo Apply %s to All"),
        N_ ("Redo Apply %s to All"), apply_to_all };
