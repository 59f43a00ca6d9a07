/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a tensor: which one and which plane of it on the left, what they are on the right.
 */
#include "app/tn-values-view.h"

#include <adwaita.h>
#include <math.h>

#include "app/tn-accessible.h"
#include "app/tn-look.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-numbers.h"

#define MOST_BYTES   (16 * 1024 * 1024)
#define N_BINS       64
#define MOST_ROWS    200
#define MOST_COLUMNS 64
#define MARGIN       8

struct _TnValuesView
{
  GtkWidget parent;

  GtkStack *stack;
  GtkLabel *message;
  GtkDropDown *sources;
  GtkLabel *about;
  GtkLabel *statistics;
  GtkBox *axes;
  GtkLabel *at_pointer;
  GtkStack *pages;
  GtkDrawingArea *maps;
  GtkDrawingArea *histogram;
  GtkTextView *table;

  TnFacts *facts;
  TnRef ref;
  TnRunOptions options; /* the data is made up: of its tables only data_of, a reference */
  GArray *choices;      /* of TnValuesSource, as the list shows them */
  TnReading *reading;   /* NULL: nothing is under way */
  TnValues *values;
  TnNumbersView view;
  gint64 one; /* the map that is enlarged; -1: all */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (TnValuesView, tn_values_view, GTK_TYPE_WIDGET)

static const TnStyle *
style_now (void)
{
  return tn_style_get (tn_look_theme ());
}

static const TnShape *
shape_of (TnValuesView *self)
{
  return tn_tensor_shape (self->values->tensor);
}

/* ---- drawing ---- */

static TnRect
area_of (int width, int height)
{
  return (TnRect){ MARGIN, MARGIN, MAX (width - 2 * MARGIN, 1), MAX (height - 2 * MARGIN, 1) };
}

static void
draw_maps_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  TnValuesView *self = user_data;

  if (self->values != NULL)
    tn_numbers_draw_maps (style_now (), cr, area_of (width, height), self->values->tensor,
                          &self->view, self->one, self->values->min, self->values->max);
}

static void
draw_histogram_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  TnValuesView *self = user_data;
  guint64 bins[N_BINS];

  if (self->values == NULL)
    return;
  tn_values_histogram (tn_tensor_floats (self->values->tensor),
                       tn_tensor_elements (self->values->tensor), self->values->min,
                       self->values->max, bins, N_BINS);
  tn_numbers_draw_histogram (style_now (), cr, area_of (width, height), bins, N_BINS,
                             self->values->min, self->values->max);
}

static gboolean
pick (TnValuesView *self, double x, double y, gint64 *map, gint64 *row, gint64 *column)
{
  TnRect area = area_of (gtk_widget_get_width (GTK_WIDGET (self->maps)),
                         gtk_widget_get_height (GTK_WIDGET (self->maps)));

  return self->values != NULL
         && tn_numbers_pick (area, shape_of (self), &self->view, self->one, x, y, map, row, column);
}

static void
motion_cb (TnValuesView *self, double x, double y)
{
  gint64 map, row, column;
  g_autofree char *text = NULL;

  if (pick (self, x, y, &map, &row, &column))
    {
      float value = tn_numbers_value (self->values->tensor, &self->view, map, row, column);

      text = self->view.maps >= 0
                 /* Translators: a picture of numbers, and the number under the pointer. */
                 ? g_strdup_printf (_ ("Map %d, row %d, column %d: %.6g"), (int)map, (int)row,
                                    (int)column, (double)value)
                 : g_strdup_printf (_ ("Row %d, column %d: %.6g"), (int)row, (int)column,
                                    (double)value);
    }
  gtk_label_set_label (self->at_pointer, text != NULL ? text : "");
}

static void
leave_cb (TnValuesView *self)
{
  gtk_label_set_label (self->at_pointer, "");
}

static void
enlarge (TnValuesView *self, gint64 map)
{
  self->one = map;
  if (map >= 0 && self->view.maps >= 0)
    self->view.at[self->view.maps] = map;
  gtk_widget_queue_draw (GTK_WIDGET (self->maps));
}

static void
pressed_cb (TnValuesView *self, int n_press, double x, double y)
{
  gint64 map, row, column;

  gtk_widget_grab_focus (GTK_WIDGET (self->maps));
  if (self->one >= 0)
    enlarge (self, -1);
  else if (pick (self, x, y, &map, &row, &column))
    enlarge (self, map);
}

/* Enter enlarges, the arrows go on to the next one, Escape shows all. */
static gboolean
key_cb (TnValuesView *self, guint key, guint code, GdkModifierType state)
{
  gint64 n_maps = self->values != NULL ? tn_numbers_n_maps (shape_of (self), &self->view) : 0;

  if (n_maps == 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Escape && self->one >= 0)
    enlarge (self, -1);
  else if (key == GDK_KEY_Return && self->one < 0)
    enlarge (self, self->view.maps >= 0 ? self->view.at[self->view.maps] : 0);
  else if (key == GDK_KEY_Right && self->one >= 0)
    enlarge (self, (self->one + 1) % n_maps);
  else if (key == GDK_KEY_Left && self->one >= 0)
    enlarge (self, (self->one + n_maps - 1) % n_maps);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* ---- texts ---- */

char *
tn_values_view_table (TnValuesView *self)
{
  g_return_val_if_fail (TN_IS_VALUES_VIEW (self), NULL);
  return self->values != NULL
             ? tn_numbers_table (self->values->tensor, &self->view, MOST_ROWS, MOST_COLUMNS)
             : g_strdup ("");
}

static void
show_plane (TnValuesView *self)
{
  g_autofree char *table = tn_values_view_table (self);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->table), table, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self->maps));
  gtk_widget_queue_draw (GTK_WIDGET (self->histogram));
}

static void
show_statistics (TnValuesView *self)
{
  const TnValues *values = self->values;
  g_autofree char *shape = tn_shape_to_text (shape_of (self));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *shown = tn_text_count (values->samples);
  g_autofree char *all = tn_text_count (values->all_samples);
  g_autofree char *about = NULL;

  g_string_append_printf (text, _ ("Min %.4g, max %.4g\nMean %.4g, deviation %.4g\nZeros %.1f %%"),
                          values->min, values->max, values->mean, values->std, 100 * values->zeros);
  if (values->n_nan + values->n_inf > 0)
    {
      g_autofree char *n_nan = tn_text_count ((gint64)values->n_nan);
      g_autofree char *n_inf = tn_text_count ((gint64)values->n_inf);

      g_string_append_c (text, '\n');
      g_string_append_printf (text, _ ("%s not a number, %s infinite"), n_nan, n_inf);
    }
  gtk_label_set_label (self->statistics, text->str);
  if (values->source.weight >= 0)
    about = g_strdup_printf (_ ("%s, as a run begins with it"), shape);
  else
    /* Translators: a shape, and what the numbers are of. */
    about = g_strdup_printf (
        _ ("%s: the first %s of %s samples, computed with the data and seed of the run"), shape,
        shown, all);
  gtk_label_set_label (self->about, about);
}

/* ---- which plane ---- */

static void
place_changed_cb (GtkSpinButton *button, TnValuesView *self)
{
  int axis = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "axis"));

  self->view.at[axis] = gtk_spin_button_get_value_as_int (button);
  if (axis == self->view.maps && self->one >= 0)
    self->one = self->view.at[axis];
  show_plane (self);
}

static void fill_axes (TnValuesView *self);

/* The axes of the pair that is chosen; the last of the others is the one with a map for each place.
 */
static void
plane_changed_cb (GtkDropDown *list, GParamSpec *pspec, TnValuesView *self)
{
  guint wanted = gtk_drop_down_get_selected (list), number = 0;
  int rank = shape_of (self)->rank;

  for (int rows = 0; rows < rank; rows++)
    for (int columns = rows + 1; columns < rank; columns++, number++)
      if (number == wanted)
        {
          int first = self->values->source.weight < 0 ? 1 : 0;

          self->view.rows = rows;
          self->view.columns = columns;
          self->view.maps = -1;
          for (int axis = first; axis < rank; axis++)
            if (axis != rows && axis != columns)
              self->view.maps = axis;
        }
  self->one = -1;
  fill_axes (self);
  show_plane (self);
}

static void
add_row (TnValuesView *self, const char *text, GtkWidget *editor)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), editor);
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_box_append (self->axes, box);
}

static void
add_planes (TnValuesView *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  int rank = shape_of (self)->rank;
  guint selected = GTK_INVALID_LIST_POSITION, number = 0;
  GtkWidget *list;

  if (rank < 3)
    return;
  for (int rows = 0; rows < rank; rows++)
    for (int columns = rows + 1; columns < rank; columns++, number++)
      {
        g_autofree char *name = g_strdup_printf (_ ("axes %d × %d"), rows, columns);

        gtk_string_list_append (names, name);
        if (rows == self->view.rows && columns == self->view.columns)
          selected = number;
      }
  list = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (names)), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), selected);
  g_signal_connect (list, "notify::selected", G_CALLBACK (plane_changed_cb), self);
  add_row (self, _ ("Plane"), list);
}

/* A place to choose on each axis that is not seen as a whole. */
static void
fill_axes (TnValuesView *self)
{
  const TnShape *shape = shape_of (self);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->axes))) != NULL)
    gtk_box_remove (self->axes, child);
  add_planes (self);
  for (int axis = 0; axis < shape->rank; axis++)
    {
      g_autofree char *text = NULL;
      GtkWidget *spin;

      if (axis == self->view.rows || axis == self->view.columns || shape->dims[axis].size < 2)
        continue;
      text = axis == 0 && self->values->source.weight < 0 ? g_strdup (_ ("Sample"))
             : axis == self->view.maps                    ? g_strdup (_ ("Map"))
                                                          : g_strdup_printf (_ ("Axis %d"), axis);
      spin = gtk_spin_button_new_with_range (0, (double)(shape->dims[axis].size - 1), 1);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), (double)self->view.at[axis]);
      g_object_set_data (G_OBJECT (spin), "axis", GINT_TO_POINTER (axis));
      g_signal_connect (spin, "value-changed", G_CALLBACK (place_changed_cb), self);
      add_row (self, text, spin);
    }
}

/* ---- which tensor ---- */

static void
tell (TnValuesView *self, const char *message)
{
  gtk_label_set_label (self->message, message);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static gboolean
is_channels_first (TnValuesView *self)
{
  const TnNode *node = tn_graph_find (tn_facts_graph (self->facts), self->ref.node);
  int param = node != NULL ? tn_schema_param (tn_node_schema (node), "data_format") : -1;
  g_autoptr (TnValue) value = param >= 0 ? tn_node_value (node, (guint)param) : NULL;

  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING
         && g_str_equal (tn_value_string (value), "channels_first");
}

static void
read_cb (TnReading *reading, const TnValues *values, const GError *error, gpointer data)
{
  TnValuesView *self = data;

  g_clear_pointer (&self->reading, tn_reading_free);
  if (values == NULL)
    {
      tell (self, error->message);
      return;
    }
  self->values = tn_values_ref (values);
  self->view
      = tn_numbers_view (shape_of (self), values->source.weight < 0, is_channels_first (self));
  self->one = -1;
  show_statistics (self);
  fill_axes (self);
  show_plane (self);
  gtk_stack_set_visible_child_name (self->stack, "values");
}

static void
read_source (TnValuesView *self)
{
  guint selected = gtk_drop_down_get_selected (self->sources);

  g_clear_pointer (&self->reading, tn_reading_free);
  g_clear_pointer (&self->values, tn_values_unref);
  if (selected >= self->choices->len)
    return;
  self->reading
      = tn_reading_new (self->facts, &g_array_index (self->choices, TnValuesSource, selected),
                        &self->options, MOST_BYTES, read_cb, self);
  tell (self, _ ("Computing…"));
}

static void
source_changed_cb (TnValuesView *self)
{
  if (!self->filling)
    read_source (self);
}

static void
add_choice (TnValuesView *self, GtkStringList *names, TnValuesSource source, const char *name)
{
  g_array_append_val (self->choices, source);
  gtk_string_list_append (names, name);
}

/* Outputs of all calls, then weights. */
static void
list_sources (TnValuesView *self, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (self->facts), index);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n_weights, selected = 0;
  const TnWeightSpec *weights = tn_facts_weights (self->facts, index, &n_weights);

  g_array_set_size (self->choices, 0);
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < tn_node_n_outputs (node); output++)
      {
        TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
        const char *own = tn_node_output_name (node, output);
        g_autoptr (GString) name = g_string_new (own != NULL ? own : _ ("Output"));

        if (tn_node_n_calls (node) > 1)
          g_string_append_printf (name, _ (", call %u"), call + 1);
        if (tn_ref_equal (ref, self->ref))
          selected = self->choices->len;
        add_choice (self, names, (TnValuesSource){ ref, -1 }, name->str);
      }
  for (guint i = 0; i < n_weights; i++)
    add_choice (self, names, (TnValuesSource){ { tn_node_id (node), 0, 0 }, (int)i },
                weights[i].name);
  self->filling = TRUE;
  gtk_drop_down_set_model (self->sources, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->sources, selected);
  self->filling = FALSE;
}

void
tn_values_view_show (TnValuesView *self, const TnFacts *facts, TnRef ref,
                     const TnRunOptions *options)
{
  int index = facts != NULL && ref.node != TN_NODE_NONE
                  ? tn_graph_index (tn_facts_graph (facts), ref.node)
                  : -1;
  gboolean same;

  g_return_if_fail (TN_IS_VALUES_VIEW (self) && options != NULL);
  same = self->facts != NULL && facts != NULL && tn_ref_equal (ref, self->ref)
         && tn_graph_same_meaning (tn_facts_graph (facts), tn_facts_graph (self->facts))
         && options->samples == self->options.samples && options->batch == self->options.batch
         && options->seed == self->options.seed && options->data.kind == self->options.data.kind
         && options->data_of == self->options.data_of;
  if (same)
    return;
  g_clear_pointer (&self->reading, tn_reading_free);
  g_clear_pointer (&self->values, tn_values_unref);
  g_clear_pointer (&self->facts, tn_facts_unref);
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  self->ref = ref;
  g_clear_pointer (&self->options.data_of, g_hash_table_unref);
  self->options = *options;
  if (options->data_of != NULL)
    g_hash_table_ref (options->data_of);
  self->options.inputs = self->options.weights = NULL;
  if (index < 0)
    {
      tell (self, _ ("Select a layer to see the numbers that it puts out, and its weights."));
      return;
    }
  list_sources (self, (guint)index);
  if (self->choices->len == 0)
    tell (self, _ ("This layer puts out nothing and has no weights."));
  else
    read_source (self);
}

const TnValues *
tn_values_view_values (TnValuesView *self)
{
  g_return_val_if_fail (TN_IS_VALUES_VIEW (self), NULL);
  return self->values;
}

/* ---- taking it along ---- */

static void
copy_cb (TnValuesView *self)
{
  g_autofree char *text = tn_values_view_table (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
save_response_cb (GtkNativeDialog *dialog, int response, TnValuesView *self)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  TnValues *values = g_object_get_data (G_OBJECT (dialog), "values");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      path = file != NULL ? g_file_get_path (file) : NULL;
      if (path == NULL)
        gtk_label_set_label (self->at_pointer, _ ("Numbers can only be saved on this computer."));
      else if (!tn_npy_write (values->tensor, path, &error))
        gtk_label_set_label (self->at_pointer, error->message);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
save_cb (TnValuesView *self)
{
  GtkFileChooserNative *dialog;
  g_autofree char *name = NULL;

  if (self->values == NULL)
    return;
  name = g_strconcat (self->values->name, ".npy", NULL);
  g_strdelimit (name, "/", '-');
  dialog = gtk_file_chooser_native_new (_ ("Save Numbers"),
                                        GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "values", tn_values_ref (self->values),
                          (GDestroyNotify)tn_values_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (save_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- the widget ---- */

static void
tn_values_view_dispose (GObject *object)
{
  TnValuesView *self = TN_VALUES_VIEW (object);

  g_clear_pointer (&self->reading, tn_reading_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_VALUES_VIEW);
  g_clear_pointer (&self->values, tn_values_unref);
  g_clear_pointer (&self->facts, tn_facts_unref);
  g_clear_pointer (&self->choices, g_array_unref);
  g_clear_pointer (&self->options.data_of, g_hash_table_unref);
  G_OBJECT_CLASS (tn_values_view_parent_class)->dispose (object);
}

static void
tn_values_view_class_init (TnValuesViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_values_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-values-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, stack);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, message);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, sources);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, about);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, statistics);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, axes);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, at_pointer);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, pages);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, maps);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, histogram);
  gtk_widget_class_bind_template_child (widget_class, TnValuesView, table);
  gtk_widget_class_bind_template_callback (widget_class, source_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
tn_values_view_init (TnValuesView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->choices = g_array_new (FALSE, FALSE, sizeof (TnValuesSource));
  self->one = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  tn_accessible_name_parts (GTK_WIDGET (self->sources), _ ("Tensor"));
  gtk_drawing_area_set_draw_func (self->maps, draw_maps_cb, self, NULL);
  gtk_drawing_area_set_draw_func (self->histogram, draw_histogram_cb, self, NULL);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->maps), motion);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->maps), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->maps), keys);
  tn_look_watch_theme (self, G_CALLBACK (show_plane));
  tell (self, _ ("Select a layer to see the numbers that it puts out, and its weights."));
}
