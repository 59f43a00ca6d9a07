/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that bypass layers, disable them and let them count again. */
#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-document.h"
#include "graph/tn-active.h"

static TnGraph *
set_mode (const TnGraph *graph, const TnEditArgs *args, TnMode mode, TnReport *report,
          char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  const TnNode *refused = NULL;
  guint n_set = 0;

  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, args->nodes[i]);

      /* What enters a group is as the group is. */
      if (node == NULL || tn_node_schema (node)->boundary || tn_node_is_mark (node))
        continue;
      if (mode == TN_MODE_BYPASSED && !tn_node_can_bypass (node))
        {
          refused = node;
          continue;
        }
      tn_draft_set_mode (draft, args->nodes[i], mode);
      n_set++;
    }
  if (n_set == 0 && refused != NULL)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", tn_node_id (refused),
                     tn_node_is_source (refused)
                         ? _ ("%s cannot be bypassed, because nothing enters it that it could "
                              "hand through; it can be disabled.")
                         : _ ("%s cannot be bypassed, because it puts nothing out; it can be "
                              "disabled."),
                     tn_node_name (refused));
      return NULL;
    }
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_bypass (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return set_mode (graph, args, TN_MODE_BYPASSED, report, subject);
}

static TnGraph *
apply_disable (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return set_mode (graph, args, TN_MODE_DISABLED, report, subject);
}

static TnGraph *
apply_activate (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return set_mode (graph, args, TN_MODE_ACTIVE, report, subject);
}

const TnEdit tn_edit_bypass
    = { "bypass", N_ ("Bypass %s"), N_ ("Undo Bypass %s"), N_ ("Redo Bypass %s"), apply_bypass };
const TnEdit tn_edit_disable = { "disable", N_ ("Disable %s"), N_ ("Undo Disable %s"),
                                 N_ ("Redo Disable %s"), apply_disable };
const TnEdit tn_edit_activate = { "activate", N_ ("Use %s Again"), N_ ("Undo Use %s Again"),
                                  N_ ("Redo Use %s Again"), apply_activate };
