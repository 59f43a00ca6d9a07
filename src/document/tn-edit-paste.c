/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits of the clipboard: cutting, and pasting a fragment or any other model. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-document.h"
#include "document/tn-fragment.h"
#include "scene/tn-scene.h"

/* Positions stay on the canvas's grid if they were. */
#define GRID 8

typedef struct
{
  const TnGraph *graph; /* what is pasted, without stand-ins */
  TnDraft *draft;
  GHashTable *made;    /* TnNodeId in that → TnNodeId */
  GHashTable *groups;  /* name of an outermost group of that → new name */
  GHashTable *numbers; /* name without number → the last number that was tried */
} Paste;

/* ---- names ---- */

/* @name if it is free, else with the next number that is: "stem", "stem_1"; "dense_2", "dense_3".
 * New string. */
static char *
free_name (Paste *paste, const char *name)
{
  g_autofree char *stem = g_strdup (name);
  char *end = stem + strlen (stem);
  guint number;

  if (tn_draft_find_name (paste->draft, name) == NULL
      && tn_draft_find_group (paste->draft, name) == NULL)
    return g_strdup (name);
  while (end > stem && g_ascii_isdigit (end[-1]))
    end--;
  if (end > stem + 1 && end[-1] == '_' && *end != '\0')
    end[-1] = '\0';
  number = GPOINTER_TO_UINT (g_hash_table_lookup (paste->numbers, stem));
  for (;;)
    {
      g_autofree char *next = g_strdup_printf ("%s_%u", stem, ++number);

      if (tn_draft_find_name (paste->draft, next) != NULL
          || tn_draft_find_group (paste->draft, next) != NULL)
        continue;
      g_hash_table_insert (paste->numbers, g_steal_pointer (&stem), GUINT_TO_POINTER (number));
      return g_steal_pointer (&next);
    }
}

/* Where what is called @name in a group goes; NULL: it stands in none. New string. */
static char *
path_of (const Paste *paste, const char *name)
{
  const char *slash = strchr (name, '/');
  g_autofree char *outermost = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;
  const char *renamed = g_hash_table_lookup (paste->groups, outermost != NULL ? outermost : name);

  return renamed == NULL ? NULL : g_strconcat (renamed, slash, NULL);
}

/* ---- pasting ---- */

static gboolean
add_groups (Paste *paste, TnReport *report)
{
  for (guint i = 0; i < tn_graph_n_groups (paste->graph); i++)
    {
      const TnGroup *group = tn_graph_group (paste->graph, i);
      const char *name = tn_group_name (group);
      g_autofree char *path = NULL;

      if (tn_name_group_length (name) == 0)
        g_hash_table_insert (paste->groups, g_strdup (name), free_name (paste, name));
      path = path_of (paste, name);
      if (!tn_draft_set_group (paste->draft, path, tn_group_type (group), NULL, 0,
                               tn_group_extras (group), report))
        return FALSE;
      tn_draft_open_group (paste->draft, path, tn_group_is_open (group));
    }
  return TRUE;
}

static void
add_nodes (Paste *paste, double dx, double dy, TnNodeId *created)
{
  for (guint i = 0; i < tn_graph_size (paste->graph); i++)
    {
      const TnNode *node = tn_graph_node (paste->graph, i);
      g_autofree char *path = path_of (paste, tn_node_name (node));
      const gboolean grouped = path != NULL;
      TnNodeId id;

      /* Before there is a copy, whose automatic name may be the very one. */
      if (!grouped)
        path = free_name (paste, tn_node_name (node));
      id = tn_draft_copy (paste->draft, node);
      if (grouped)
        {
          g_autofree char *group = g_strndup (path, tn_name_group_length (path));

          tn_draft_put_into (paste->draft, id, group);
        }
      tn_draft_rename (paste->draft, id, path, NULL);
      while (tn_node_n_calls (tn_draft_find (paste->draft, id)) < tn_node_n_calls (node))
        tn_draft_add_call (paste->draft, id);
      tn_draft_move (paste->draft, id, tn_node_x (node) + dx, tn_node_y (node) + dy);
      g_hash_table_insert (paste->made, GUINT_TO_POINTER (tn_node_id (node)),
                           GUINT_TO_POINTER (id));
      if (i == 0 && created != NULL)
        *created = id;
    }
}

static TnRef
made_ref (const Paste *paste, TnRef ref)
{
  ref.node = GPOINTER_TO_UINT (g_hash_table_lookup (paste->made, GUINT_TO_POINTER (ref.node)));
  return ref;
}

static void
add_wires (const Paste *paste)
{
  for (guint i = 0; i < tn_graph_n_steps (paste->graph); i++)
    {
      TnGraphStep step = tn_graph_step (paste->graph, i);
      const TnNode *node = tn_graph_node (paste->graph, step.index);
      TnNodeId to = made_ref (paste, (TnRef){ tn_node_id (node), 0, 0 }).node;

      for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
        {
          TnRef from = made_ref (paste, tn_node_input (node, step.call, slot));

          if (from.node != TN_NODE_NONE)
            tn_draft_connect (paste->draft, from, to, step.call, slot, NULL);
        }
    }
}

static void
set_outputs (const Paste *paste)
{
  for (guint i = 0; i < tn_graph_n_groups (paste->graph); i++)
    {
      const TnGroup *group = tn_graph_group (paste->graph, i);
      g_autofree char *path = path_of (paste, tn_group_name (group));
      guint n_refs;
      const TnRef *refs = tn_group_outputs (group, &n_refs);
      g_autofree TnRef *outputs = g_new0 (TnRef, n_refs + 1);

      for (guint j = 0; j < n_refs; j++)
        outputs[j] = made_ref (paste, refs[j]);
      tn_draft_set_group (paste->draft, path, tn_group_type (group), outputs, n_refs,
                          tn_group_extras (group), NULL);
    }
}

/* What is to be pasted: with places, without stand-ins. New reference. */
static TnGraph *
prepare (const TnGraph *fragment)
{
  g_autoptr (TnGraph) placed = tn_layout (fragment, FALSE);
  g_autoptr (TnDraft) draft = tn_draft_new (placed);

  for (guint i = 0; i < tn_graph_size (placed); i++)
    if (tn_fragment_is_stand_in (tn_graph_node (placed, i)))
      tn_draft_remove (draft, tn_node_id (tn_graph_node (placed, i)));
  return tn_draft_finish (draft);
}

/* Does a layer of @graph stand exactly where one of @pasted would? */
static gboolean
would_hide (const TnGraph *graph, const TnGraph *pasted, double dx, double dy)
{
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      g_hash_table_add (places, g_strdup_printf ("%.0f %.0f", tn_node_x (node), tn_node_y (node)));
    }
  for (guint i = 0; i < tn_graph_size (pasted); i++)
    {
      const TnNode *node = tn_graph_node (pasted, i);
      g_autofree char *place
          = g_strdup_printf ("%.0f %.0f", tn_node_x (node) + dx, tn_node_y (node) + dy);

      if (g_hash_table_contains (places, place))
        return TRUE;
    }
  return FALSE;
}

static TnGraph *
apply_paste (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnGraph) pasted = prepare (args->graph);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GHashTable) made = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Paste paste = { pasted, draft, made, groups, numbers };
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY, dx, dy;
  guint n = tn_graph_size (pasted);

  if (n == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                     _ ("What was copied has no layers."));
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      const TnNode *node = tn_graph_node (pasted, i);

      left = MIN (left, tn_node_x (node));
      top = MIN (top, tn_node_y (node));
      right = MAX (right, tn_node_x (node));
      bottom = MAX (bottom, tn_node_y (node));
    }
  dx = round ((args->x - (left + right) / 2) / GRID) * GRID;
  dy = round ((args->y - (top + bottom) / 2) / GRID) * GRID;
  while (would_hide (graph, pasted, dx, dy))
    {
      dx += 5 * GRID;
      dy += 5 * GRID;
    }
  if (!add_groups (&paste, report))
    return NULL;
  add_nodes (&paste, dx, dy, args->created);
  add_wires (&paste);
  set_outputs (&paste);
  if (n == 1)
    *subject = g_strdup (tn_node_name (tn_draft_node (draft, tn_draft_size (draft) - 1)));
  else
    *subject = g_strdup_printf (ngettext ("%u layer", "%u layers", n), n);
  return tn_draft_finish (draft);
}

/* ---- cutting ---- */

static TnGraph *
apply_cut (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return tn_edit_remove.apply (graph, args, report, subject);
}

const TnEdit tn_edit_cut
    = { "cut", N_ ("Cut %s"), N_ ("Undo Cut %s"), N_ ("Redo Cut %s"), apply_cut };
const TnEdit tn_edit_paste
    = { "paste", N_ ("Paste %s"), N_ ("Undo Paste %s"), N_ ("Redo Paste %s"), apply_paste };
