/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes that one may regret are told with a way back. */
#include "app/tn-window-private.h"

#include "base/tn-i18n.h"

/* What was lost is told from so many on: a single layer is seen to go. */
#define LEAST_LOSS 2

static void
dismissed_cb (TnWindow *self, AdwToast *toast)
{
  if (self->repair_toast == toast)
    self->repair_toast = NULL;
}

void
tn_window_offer_undo (TnWindow *self, const char *text)
{
  g_return_if_fail (TN_IS_WINDOW (self) && text != NULL);

  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);

  if (self->repair_toast != NULL)
    adw_toast_dismiss (self->repair_toast);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), self, G_CONNECT_SWAPPED);
  self->repair_toast = toast;
  self->repair_generation = tn_document_generation (self->document);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static guint
count_wires (const TnGraph *graph)
{
  guint n_wires = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          n_wires += tn_node_input (node, call, slot).node != TN_NODE_NONE;
    }
  return n_wires;
}

void
tn_window_note_losses (TnWindow *self, gboolean quiet)
{
  const TnGraph *graph = tn_document_graph (self->document);
  const guint n_layers = tn_graph_size (graph), n_wires = count_wires (graph);
  const guint lost_layers = self->n_layers > n_layers ? self->n_layers - n_layers : 0;
  const guint lost_wires
      = self->n_layers == n_layers && self->n_wires > n_wires ? self->n_wires - n_wires : 0;
  g_autofree char *text = NULL;

  self->n_layers = n_layers;
  self->n_wires = n_wires;
  /* What can be redone was just undone: people know. */
  if (quiet || !tn_document_can_undo (self->document) || tn_document_can_redo (self->document))
    return;
  if (lost_layers >= LEAST_LOSS)
    text = g_strdup_printf (ngettext ("%u layer deleted", "%u layers deleted", lost_layers),
                            lost_layers);
  else if (lost_wires >= LEAST_LOSS)
    text = g_strdup_printf (ngettext ("%u wire cut", "%u wires cut", lost_wires), lost_wires);
  if (text != NULL)
    tn_window_offer_undo (self, text);
}
