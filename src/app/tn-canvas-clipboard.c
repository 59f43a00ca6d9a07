/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cut, copy and paste: what lies on the clipboard is a model as text, which Keras and other
 * programs read, and any such text is pasted. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "document/tn-fragment.h"

#define JSON "application/json"
/* What is pasted stands so far beside what is selected. */
#define BESIDE 40

/* ---- copying ---- */

/* FALSE when there is nothing to copy. */
static gboolean
copy (TnCanvas *self)
{
  const GArray *selection = tn_document_selection (self->document);
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  g_autoptr (TnGraph) fragment = tn_fragment_new (
      tn_canvas_graph (self), facts, (const TnNodeId *)(gpointer)selection->data, selection->len);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkContentProvider) content = NULL;
  GdkContentProvider *both[2];
  g_autofree char *text = NULL;

  if (fragment == NULL)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return FALSE;
    }
  bytes = tn_format_write_tenon (fragment);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  both[0] = gdk_content_provider_new_for_bytes (JSON, bytes);
  both[1] = gdk_content_provider_new_typed (G_TYPE_STRING, text);
  content = gdk_content_provider_new_union (both, G_N_ELEMENTS (both));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), content);
  return TRUE;
}

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document != NULL)
    copy (self);
}

static void
cut_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document == NULL || !copy (self))
    return;
  tn_canvas_tool_cancel (self);
  if (tn_canvas_apply_to_selection (self, &tn_edit_cut, &(TnEditArgs){ 0 })
      && tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (widget);
}

/* ---- pasting ---- */

/* One request; what it is about may be gone when the answer comes. */
typedef struct
{
  GWeakRef canvas;
  GWeakRef document; /* that the canvas showed then */
  GInputStream *from;
  double x, y;
  gboolean beside; /* x, y: the middle of the left edge */
} Paste;

static void
paste_free (Paste *paste)
{
  g_weak_ref_clear (&paste->canvas);
  g_weak_ref_clear (&paste->document);
  g_clear_object (&paste->from);
  g_free (paste);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paste, paste_free)

static void
paste_fragment (TnCanvas *self, const Paste *paste, const TnGraph *fragment)
{
  TnEditArgs args = { .graph = fragment, .x = paste->x, .y = paste->y };
  g_autoptr (TnGraph) placed = tn_layout (fragment, FALSE);
  double left = G_MAXDOUBLE, right = -G_MAXDOUBLE;

  args.graph = placed;
  for (guint i = 0; paste->beside && i < tn_graph_size (placed); i++)
    {
      const TnNode *node = tn_graph_node (placed, i);

      if (tn_fragment_is_stand_in (node))
        continue;
      left = MIN (left, tn_node_x (node));
      right = MAX (right, tn_node_x (node));
    }
  if (left <= right)
    args.x += (right - left + self->style->box_width) / 2;
  if (!tn_canvas_apply (self, &tn_edit_paste, &args))
    return;
  tn_canvas_reveal (self, g_array_index (tn_document_selection (self->document), TnNodeId, 0));
  if (tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
parse (TnCanvas *self, const Paste *paste, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) fragment = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  gsize start = 0;

  while (start < length && g_ascii_isspace (text[start]))
    start++;
  if (start == length || text[start] != '{')
    {
      tn_canvas_refuse (self,
                        _ ("What is on the clipboard is no model: that would be JSON, as Tenon "
                           "and model.to_json () write it."));
      return;
    }
  fragment = tn_format_parse (bytes, _ ("What is on the clipboard"), NULL, &error);
  if (fragment == NULL)
    tn_canvas_refuse (self, error->message);
  else
    paste_fragment (self, paste, fragment);
}

static void
spliced_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Paste) paste = data;
  g_autoptr (TnCanvas) self = g_weak_ref_get (&paste->canvas);
  g_autoptr (TnDocument) document = g_weak_ref_get (&paste->document);
  g_autoptr (GError) error = NULL;
  gssize size = g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;

  if (self == NULL || document == NULL || self->document != document)
    return;
  if (size < 0)
    {
      tn_canvas_refuse (self, error->message);
      return;
    }
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (source));
  parse (self, paste, bytes);
}

/* Memory for what may be read of a model, and no more: a clipboard may be endless. */
static gpointer
grow (gpointer data, gsize size)
{
  return size <= 2 * TN_FORMAT_MAX_BYTES ? g_try_realloc (data, size) : NULL;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Paste) paste = data;
  g_autoptr (TnCanvas) self = g_weak_ref_get (&paste->canvas);
  g_autoptr (GOutputStream) memory = NULL;

  paste->from = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, NULL);
  if (paste->from == NULL)
    {
      if (self != NULL)
        tn_canvas_refuse (self, _ ("There is no model on the clipboard."));
      return;
    }
  memory = g_memory_output_stream_new (NULL, 0, grow, g_free);
  g_output_stream_splice_async (memory, paste->from,
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE
                                    | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, NULL, spliced_cb, paste);
  g_steal_pointer (&paste);
}

static void
paste_at (TnCanvas *self, double x, double y, gboolean beside)
{
  static const char *types[] = { JSON, "text/plain;charset=utf-8", "text/plain", NULL };
  Paste *paste = g_new0 (Paste, 1);

  g_weak_ref_init (&paste->canvas, self);
  g_weak_ref_init (&paste->document, self->document);
  paste->x = x;
  paste->y = y;
  paste->beside = beside;
  gdk_clipboard_read_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), types, G_PRIORITY_DEFAULT,
                            NULL, read_cb, paste);
}

/* Right of all that is selected, at the height of its middle. */
static gboolean
find_beside (TnCanvas *self, double *x, double *y)
{
  const GArray *selection = tn_document_selection (self->document);
  double top = G_MAXDOUBLE, bottom = -G_MAXDOUBLE, right = -G_MAXDOUBLE;

  tn_canvas_sync (self);
  for (guint i = 0; i < selection->len; i++)
    {
      TnRect box;

      if (!tn_scene_node_box (self->scene, g_array_index (selection, TnNodeId, i), &box))
        continue;
      top = MIN (top, box.y + self->style->box_height / 2);
      bottom = MAX (bottom, box.y + self->style->box_height / 2);
      right = MAX (right, box.x + box.width);
    }
  *x = right + BESIDE;
  *y = (top + bottom) / 2;
  return top <= bottom;
}

static void
paste_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  gboolean beside = FALSE;
  double x, y;

  if (self->document == NULL)
    return;
  tn_canvas_tool_cancel (self);
  tn_canvas_middle (self, &x, &y);
  if (self->pointer_inside)
    {
      x = self->pointer.x;
      y = self->pointer.y;
    }
  else
    {
      double beside_x, beside_y;

      beside = find_beside (self, &beside_x, &beside_y);
      x = beside ? beside_x : x;
      y = beside ? beside_y : y;
    }
  paste_at (self, x, y, beside);
}

static void
paste_at_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double x, y;

  g_variant_get (parameter, "(dd)", &x, &y);
  if (self->document != NULL)
    paste_at (self, x, y, FALSE);
}

/* ---- menu and class ---- */

void
tn_canvas_append_clipboard_items (TnCanvas *self, const TnHit *hit, double x, double y,
                                  GMenu *section)
{
  g_autoptr (GMenuItem) paste = g_menu_item_new (_ ("_Paste"), NULL);

  if (hit->kind != TN_HIT_NOTHING)
    {
      tn_canvas_append_item (section, _ ("Cu_t"), "canvas.cut", "<Control>x");
      tn_canvas_append_item (section, _ ("_Copy"), "canvas.copy", "<Control>c");
    }
  g_menu_item_set_action_and_target (paste, "canvas.paste-at", "(dd)", x, y);
  g_menu_item_set_attribute (paste, "accel", "s", "<Control>v");
  g_menu_append_item (section, paste);
}

void
tn_canvas_clipboard_class_init (GtkWidgetClass *class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_x, GDK_CONTROL_MASK, "canvas.cut" },
    { GDK_KEY_Delete, GDK_SHIFT_MASK, "canvas.cut" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "canvas.copy" },
    { GDK_KEY_Insert, GDK_CONTROL_MASK, "canvas.copy" },
    { GDK_KEY_v, GDK_CONTROL_MASK, "canvas.paste" },
    { GDK_KEY_Insert, GDK_SHIFT_MASK, "canvas.paste" },
  };

  gtk_widget_class_install_action (class, "canvas.cut", NULL, cut_cb);
  gtk_widget_class_install_action (class, "canvas.copy", NULL, copy_cb);
  gtk_widget_class_install_action (class, "canvas.paste", NULL, paste_cb);
  gtk_widget_class_install_action (class, "canvas.paste-at", "(dd)", paste_at_cb);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
}
