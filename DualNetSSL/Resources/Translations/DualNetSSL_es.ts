<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en_US">
    <context>
        <name>DualNetSSL</name>
        <message>
            <source>DualNetSSL</source>
            <translation>DualNetSSL</translation>
        </message>
        <message>
            <source>Train segmentation on a few labelled and many unlabelled scans with two networks that teach each other, see where they are unsure, correct those regions and train again. Start a server on this computer or connect to one; add scans; label three; train; look at the rest, from one uncertain region to the next. Scans go to that server and nowhere else.</source>
            <translation>Entrene una segmentación con pocos estudios etiquetados y muchos sin etiqueta, con dos redes que se enseñan una a otra; vea dónde dudan, corrija esas regiones y entrene otra vez. Inicie un servidor en este ordenador o conéctese a uno; añada estudios; etiquete tres; entrene; mire los demás, de una región incierta a la siguiente. Los estudios van a ese servidor y a ningún otro lugar.</translation>
        </message>
        <message>
            <source>&lt;p&gt;The &lt;a href="{tutorial}"&gt;tutorial&lt;/a&gt;; &lt;a href="{panel}"&gt;what every part does&lt;/a&gt;.&lt;/p&gt;</source>
            <translation>&lt;p&gt;El &lt;a href="{tutorial}"&gt;tutorial&lt;/a&gt;; &lt;a href="{panel}"&gt;qué hace cada parte&lt;/a&gt; (en inglés).&lt;/p&gt;</translation>
        </message>
        <message>
            <source>Method: Lu, Wu, Kateb and Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks, ISBI 2025 (&lt;a href="https://arxiv.org/abs/2505.17690"&gt;arXiv:2505.17690&lt;/a&gt;). Research software, not a medical device.</source>
            <translation>Método: Lu, Wu, Kateb y Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks, ISBI 2025 (&lt;a href="https://arxiv.org/abs/2505.17690"&gt;arXiv:2505.17690&lt;/a&gt;). Software de investigación, no es un producto sanitario.</translation>
        </message>
        <message>
            <source>Not connected yet.</source>
            <translation>Aún sin conexión.</translation>
        </message>
        <message>
            <source>1. Server</source>
            <translation>1. Servidor</translation>
        </message>
        <message>
            <source>2. Data set</source>
            <translation>2. Conjunto de datos</translation>
        </message>
        <message>
            <source>3. Label</source>
            <translation>3. Etiqueta</translation>
        </message>
        <message>
            <source>4. Train</source>
            <translation>4. Entrenamiento</translation>
        </message>
        <message>
            <source>5. Results</source>
            <translation>5. Resultados</translation>
        </message>
        <message>
            <source>6. Review</source>
            <translation>6. Revisión</translation>
        </message>
    </context>
    <context>
        <name>common.keys</name>
        <message>
            <source>The keys read {text!r}.</source>
            <translation>Las teclas son {text!r}.</translation>
        </message>
        <message>
            <source>Give {count} different keys with spaces between, for {actions}; as in {example}.</source>
            <translation>Dé {count} teclas distintas separadas por espacios, para {actions}; como en {example}.</translation>
        </message>
        <message>
            <source>{key} is Slicer's own key for {use}; here it is the panel's.</source>
            <translation>{key} es una tecla propia de Slicer para {use}; aquí es del panel.</translation>
        </message>
        <message>
            <source>{key} does something else here already: choose another key.</source>
            <translation>{key} ya hace otra cosa aquí: elija otra tecla.</translation>
        </message>
    </context>
    <context>
        <name>common.message</name>
        <message>
            <source>A fault in DualNetSSL stopped this. The Python console tells more.</source>
            <translation>Un fallo en DualNetSSL ha detenido esto. La consola de Python dice más.</translation>
        </message>
    </context>
    <context>
        <name>common.scene</name>
        <message>
            <source>The volume {name} is empty.</source>
            <translation>El volumen {name} está vacío.</translation>
        </message>
        <message>
            <source>Choose one that is shown in the slice views.</source>
            <translation>Elija uno que se vea en las vistas de corte.</translation>
        </message>
        <message>
            <source>An array of shape {shape} [k, j, i] came for a grid of {size} [i, j, k].</source>
            <translation>Llegó una matriz de forma {shape} [k, j, i] para una rejilla de {size} [i, j, k].</translation>
        </message>
        <message>
            <source>Open the case again; if that does not help, upload it again.</source>
            <translation>Abra el caso otra vez; si no sirve, súbalo de nuevo.</translation>
        </message>
    </context>
    <context>
        <name>common.slicer_keys</name>
        <message>
            <source>slice views</source>
            <translation>las vistas de corte</translation>
        </message>
        <message>
            <source>the Segment Editor</source>
            <translation>el Segment Editor</translation>
        </message>
        <message>
            <source>the size of the brush</source>
            <translation>el tamaño del pincel</translation>
        </message>
        <message>
            <source>the effect Draw</source>
            <translation>el efecto Draw</translation>
        </message>
        <message>
            <source>markups</source>
            <translation>los Markups</translation>
        </message>
        <message>
            <source>its menus</source>
            <translation>sus menús</translation>
        </message>
    </context>
    <context>
        <name>common.tables</name>
        <message>
            <source>On the server: {name}</source>
            <translation>En el servidor: {name}</translation>
        </message>
    </context>
    <context>
        <name>common.words</name>
        <message>
            <source>new</source>
            <translation>nuevo</translation>
        </message>
        <message>
            <source>predicted</source>
            <translation>predicho</translation>
        </message>
        <message>
            <source>in review</source>
            <translation>en revisión</translation>
        </message>
        <message>
            <source>labelled</source>
            <translation>etiquetado</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>verificado</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>en espera</translation>
        </message>
        <message>
            <source>waiting at the cluster</source>
            <translation>en espera en el clúster</translation>
        </message>
        <message>
            <source>running</source>
            <translation>en curso</translation>
        </message>
        <message>
            <source>done</source>
            <translation>terminado</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>fallido</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>detenido</translation>
        </message>
        <message>
            <source>somebody</source>
            <translation>alguien</translation>
        </message>
        <message>
            <source>annotator</source>
            <translation>anotador</translation>
        </message>
        <message>
            <source>trainer</source>
            <translation>entrenador</translation>
        </message>
        <message>
            <source>admin</source>
            <translation>administrador</translation>
        </message>
        <message>
            <source>{count} GB</source>
            <translation>{count} GB</translation>
        </message>
        <message>
            <source>{count} MB</source>
            <translation>{count} MB</translation>
        </message>
        <message>
            <source>{count} kB</source>
            <translation>{count} kB</translation>
        </message>
        <message>
            <source>1 scan</source>
            <translation>1 estudio</translation>
        </message>
        <message>
            <source>{count} scans</source>
            <translation>{count} estudios</translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation>{seconds} s</translation>
        </message>
        <message>
            <source>{minutes} min</source>
            <translation>{minutes} min</translation>
        </message>
        <message>
            <source>{hours} h {minutes} min</source>
            <translation>{hours} h {minutes} min</translation>
        </message>
    </context>
    <context>
        <name>dataset.add_scans</name>
        <message>
            <source>{scans} added.</source>
            <translation>{scans}: añadidos.</translation>
        </message>
        <message>
            <source>No scan was added.</source>
            <translation>No se añadió ningún estudio.</translation>
        </message>
        <message>
            <source>{count} were there already.</source>
            <translation>{count} ya estaban.</translation>
        </message>
        <message>
            <source>Left out: {reasons}</source>
            <translation>Omitidos: {reasons}</translation>
        </message>
        <message>
            <source>And {count} more.</source>
            <translation>Y {count} más.</translation>
        </message>
        <message>
            <source>Noticed: {notes}</source>
            <translation>Observado: {notes}</translation>
        </message>
        <message>
            <source>Reading {name} ({number} of {total})</source>
            <translation>Leyendo {name} ({number} de {total})</translation>
        </message>
        <message>
            <source>The volume was removed from the scene.</source>
            <translation>El volumen se quitó de la escena.</translation>
        </message>
        <message>
            <source>Load it again.</source>
            <translation>Cárguelo otra vez.</translation>
        </message>
        <message>
            <source>The volume has several values a voxel.</source>
            <translation>El volumen tiene varios valores por vóxel.</translation>
        </message>
        <message>
            <source>Choose one channel or time point.</source>
            <translation>Elija un canal o un instante.</translation>
        </message>
        <message>
            <source>The volume lies under a transform.</source>
            <translation>El volumen está bajo una transformación.</translation>
        </message>
        <message>
            <source>Harden the transform, then add the volume.</source>
            <translation>Fije la transformación y después añada el volumen.</translation>
        </message>
        <message>
            <source>Slicer reads {count} volumes from this series.</source>
            <translation>Slicer lee {count} volúmenes de esta serie.</translation>
        </message>
        <message>
            <source>Load it in the DICOM module, choose one, and add it as a loaded volume.</source>
            <translation>Cárguela en el módulo DICOM, elija uno y añádalo como volumen cargado.</translation>
        </message>
    </context>
    <context>
        <name>dataset.case_table</name>
        <message>
            <source>every state</source>
            <translation>cualquier estado</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Caso</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Estado</translation>
        </message>
        <message>
            <source>Unsure</source>
            <translation>Duda</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Ganancia</translation>
        </message>
        <message>
            <source>By</source>
            <translation>De</translation>
        </message>
        <message>
            <source>Rev.</source>
            <translation>Rev.</translation>
        </message>
        <message>
            <source>On this computer: {name}</source>
            <translation>En este ordenador: {name}</translation>
        </message>
        <message>
            <source>{scans}: {parts}</source>
            <translation>{scans}: {parts}</translation>
        </message>
        <message>
            <source>What the scan is called on the server; hover over it to see what it is called on this computer.</source>
            <translation>Cómo se llama el estudio en el servidor; pase el ratón por encima para ver cómo se llama en este ordenador.</translation>
        </message>
        <message>
            <source>new: nothing yet; predicted: no label; in review: a part is verified; labelled: a whole label; verified.</source>
            <translation>nuevo: nada aún; predicho: sin etiqueta; en revisión: una parte está verificada; etiquetado: una etiqueta entera; verificado.</translation>
        </message>
        <message>
            <source>Mean uncertainty of the whole scan in its newest prediction; Results has that within the organs alone.</source>
            <translation>Incertidumbre media de todo el estudio en su predicción más reciente; en Resultados está la de los órganos solos.</translation>
        </message>
        <message>
            <source>Predicted Dice: what the model expects of its own prediction.</source>
            <translation>Dice predicho: lo que el modelo espera de su propia predicción.</translation>
        </message>
        <message>
            <source>ml expected to be wrong that nobody has verified: what a review may gain. Next case goes by this.</source>
            <translation>ml que probablemente son erróneos y que nadie ha verificado: lo que una revisión puede aportar. «Caso siguiente» se guía por esto.</translation>
        </message>
        <message>
            <source>Annotator: who made the label.</source>
            <translation>Anotador: quién hizo la etiqueta.</translation>
        </message>
        <message>
            <source>Revision: how often the case was changed; every one is kept.</source>
            <translation>Revisión: cuántas veces se cambió el caso; todas se conservan.</translation>
        </message>
    </context>
    <context>
        <name>dataset.dicom</name>
        <message>
            <source>{count} images</source>
            <translation>{count} imágenes</translation>
        </message>
        <message>
            <source>Slicer has no open DICOM database. Open the DICOM module once to make one.</source>
            <translation>Slicer no tiene abierta ninguna base de datos DICOM. Abra una vez el módulo DICOM para crear una.</translation>
        </message>
        <message>
            <source>Slicer's DICOM database is empty. Import the scans in the DICOM module.</source>
            <translation>La base de datos DICOM de Slicer está vacía. Importe los estudios en el módulo DICOM.</translation>
        </message>
    </context>
    <context>
        <name>dataset.label_set</name>
        <message>
            <source>Name</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valor</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Color</translation>
        </message>
        <message>
            <source>Terminology</source>
            <translation>Terminología</translation>
        </message>
        <message>
            <source>label {value}</source>
            <translation>etiqueta {value}</translation>
        </message>
        <message>
            <source>The label with value {value} has no name.</source>
            <translation>La etiqueta con el valor {value} no tiene nombre.</translation>
        </message>
        <message>
            <source>Name it.</source>
            <translation>Póngale un nombre.</translation>
        </message>
        <message>
            <source>{name} has the value {value}.</source>
            <translation>{name} tiene el valor {value}.</translation>
        </message>
        <message>
            <source>Use a value from 1 to 254; 0 is the background.</source>
            <translation>Use un valor de 1 a 254; 0 es el fondo.</translation>
        </message>
        <message>
            <source>{what} is used twice.</source>
            <translation>{what} se usa dos veces.</translation>
        </message>
        <message>
            <source>Each label needs its own.</source>
            <translation>Cada etiqueta necesita el suyo.</translation>
        </message>
        <message>
            <source>Colour of the label in every view.</source>
            <translation>Color de la etiqueta en todas las vistas.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>ninguno</translation>
        </message>
        <message>
            <source>Code of the anatomy; needed if segmentations are to be exported as DICOM.</source>
            <translation>Código de la anatomía; hace falta si las segmentaciones se van a exportar como DICOM.</translation>
        </message>
    </context>
    <context>
        <name>dataset.outbox_line</name>
        <message>
            <source>Open {case}</source>
            <translation>Abrir {case}</translation>
        </message>
        <message>
            <source>On the way to the server, kept on this computer until it has them: {names}.</source>
            <translation>De camino al servidor, guardadas en este ordenador hasta que las tenga: {names}.</translation>
        </message>
        <message>
            <source>Your label of {case} is kept, but did not go out: {reason}. Open the case to decide.</source>
            <translation>Su etiqueta de {case} está guardada, pero no salió: {reason}. Abra el caso para decidir.</translation>
        </message>
    </context>
    <context>
        <name>dataset.picker</name>
        <message>
            <source>no label</source>
            <translation>sin etiqueta</translation>
        </message>
        <message>
            <source>{files}, label: {label}, {size} voxels of {spacing} mm</source>
            <translation>{files}, etiqueta: {label}, {size} vóxeles de {spacing} mm</translation>
        </message>
    </context>
    <context>
        <name>dataset.section</name>
        <message>
            <source>Folder of scans</source>
            <translation>Carpeta de estudios</translation>
        </message>
        <message>
            <source>Left aside: {reasons}</source>
            <translation>No se usa: {reasons}</translation>
        </message>
        <message>
            <source>Scans to add, with their labels:</source>
            <translation>Estudios que se añaden, con sus etiquetas:</translation>
        </message>
        <message>
            <source>No volume is loaded in Slicer.</source>
            <translation>No hay ningún volumen cargado en Slicer.</translation>
        </message>
        <message>
            <source>Load one, or add a folder.</source>
            <translation>Cargue uno, o añada una carpeta.</translation>
        </message>
        <message>
            <source>Loaded volumes to add:</source>
            <translation>Volúmenes cargados que se van a añadir:</translation>
        </message>
        <message>
            <source>No series of the DICOM database holds a volume.</source>
            <translation>Ninguna serie de la base de datos DICOM contiene un volumen.</translation>
        </message>
        <message>
            <source>Import CT or MR scans.</source>
            <translation>Importe estudios de TC o RM.</translation>
        </message>
        <message>
            <source>Series to add. Names of patients stay here.</source>
            <translation>Series que se van a añadir. Los nombres de los pacientes se quedan aquí.</translation>
        </message>
        <message>
            <source>Stopped. What has arrived stays; adding the same again goes on from there.</source>
            <translation>Detenido. Lo que ha llegado se queda; si añade lo mismo otra vez, sigue desde ahí.</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>No hay ningún conjunto de datos abierto.</translation>
        </message>
        <message>
            <source>Choose one or make a new one.</source>
            <translation>Elija uno o cree uno nuevo.</translation>
        </message>
        <message>
            <source>Add series of Slicer's DICOM database. Names of patients stay here.</source>
            <translation>Añadir series de la base de datos DICOM de Slicer. Los nombres de los pacientes se quedan aquí.</translation>
        </message>
        <message>
            <source>First start or connect to a server, above.</source>
            <translation>Primero inicie un servidor o conéctese a uno, arriba.</translation>
        </message>
        <message>
            <source>Tick above that scans may be sent to this server.</source>
            <translation>Marque arriba que los estudios se pueden enviar a este servidor.</translation>
        </message>
        <message>
            <source>Make a data set: what it is called and what is to be segmented. Or try it with sample scans.</source>
            <translation>Cree un conjunto de datos: cómo se llama y qué hay que segmentar. O pruebe con estudios de ejemplo.</translation>
        </message>
        <message>
            <source>Add scans: a folder, volumes that are loaded in Slicer, or series of its DICOM database.</source>
            <translation>Añada estudios: una carpeta, volúmenes cargados en Slicer o series de su base de datos DICOM.</translation>
        </message>
    </context>
    <context>
        <name>desk.case</name>
        <message>
            <source>{case} or its label was removed from the scene. What was painted is kept: open it to go on.</source>
            <translation>{case} o su etiqueta se quitó de la escena. Lo pintado está guardado: ábralo para seguir.</translation>
        </message>
    </context>
    <context>
        <name>desk.case_nodes</name>
        <message>
            <source>{name} is damaged.</source>
            <translation>{name} está dañado.</translation>
        </message>
        <message>
            <source>Open the case again; it is fetched anew.</source>
            <translation>Abra el caso otra vez; se trae de nuevo.</translation>
        </message>
        <message>
            <source>model {number}</source>
            <translation>modelo {number}</translation>
        </message>
        <message>
            <source>an earlier model</source>
            <translation>un modelo anterior</translation>
        </message>
        <message>
            <source>label (in review)</source>
            <translation>etiqueta (en revisión)</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>verificado</translation>
        </message>
        <message>
            <source>prediction, {model}</source>
            <translation>predicción, {model}</translation>
        </message>
        <message>
            <source>{case}, channel {number}</source>
            <translation>{case}, canal {number}</translation>
        </message>
    </context>
    <context>
        <name>desk.join_labels</name>
        <message>
            <source>Putting both labels of {case} together…</source>
            <translation>Uniendo las dos etiquetas de {case}…</translation>
        </message>
        <message>
            <source>Revision {revision} of {case} came in between: open the case again, your label is kept.</source>
            <translation>La revisión {revision} de {case} llegó entretanto: abra el caso otra vez, su etiqueta está guardada.</translation>
        </message>
        <message>
            <source>You painted meanwhile: press Put both together again.</source>
            <translation>Usted pintó entretanto: pulse otra vez «Unir las dos».</translation>
        </message>
        <message>
            <source>somebody else</source>
            <translation>otra persona</translation>
        </message>
        <message>
            <source>Both labels are one: {mine} voxels verified by you, {theirs} by {who}. Submit sends them.</source>
            <translation>Las dos etiquetas son una: {mine} vóxeles verificados por usted, {theirs} por {who}. «Enviar» los envía.</translation>
        </message>
        <message>
            <source>Both labels are one, but {count} voxels are labelled otherwise by {who}: the first rows of Review. Accept keeps yours there, Restore takes theirs.</source>
            <translation>Las dos etiquetas son una, pero {who} etiquetó {count} vóxeles de otro modo: las primeras filas de Revisión. «Aceptar» deja ahí la suya, «Restaurar» toma la otra.</translation>
        </message>
    </context>
    <context>
        <name>desk.labelmap</name>
        <message>
            <source>{label} is moved by the transform {transform}.</source>
            <translation>{label} está desplazado por la transformación {transform}.</translation>
        </message>
        <message>
            <source>Take the transform off it in the Data module: labels belong on the scan as it was uploaded.</source>
            <translation>Quítele la transformación en el módulo Data: las etiquetas van sobre el estudio tal como se subió.</translation>
        </message>
        <message>
            <source>The segment {name!r} is no class of this data set.</source>
            <translation>El segmento {name!r} no es ninguna clase de este conjunto de datos.</translation>
        </message>
        <message>
            <source>Move its voxels to one of {names} (effect Logical operators) or remove it.</source>
            <translation>Pase sus vóxeles a uno de {names} (efecto Logical operators), o quítelo.</translation>
        </message>
    </context>
    <context>
        <name>desk.opening</name>
        <message>
            <source>Opening {case}…</source>
            <translation>Abriendo {case}…</translation>
        </message>
        <message>
            <source>Opening {case}: {done}</source>
            <translation>Abriendo {case}: {done}</translation>
        </message>
        <message>
            <source>{sofar} of {total}</source>
            <translation>{sofar} de {total}</translation>
        </message>
        <message>
            <source>Every other scan of this data set is verified.</source>
            <translation>Todos los demás estudios de este conjunto de datos están verificados.</translation>
        </message>
    </context>
    <context>
        <name>desk.section</name>
        <message>
            <source>the whole scan</source>
            <translation>el estudio entero</translation>
        </message>
        <message>
            <source>only what I change or changed before</source>
            <translation>solo lo que cambio o cambié antes</translation>
        </message>
        <message>
            <source>Open a data set first.</source>
            <translation>Abra primero un conjunto de datos.</translation>
        </message>
        <message>
            <source>Add scans to the data set; then paint a few of them here.</source>
            <translation>Añada estudios al conjunto de datos; después pinte aquí unos pocos.</translation>
        </message>
        <message>
            <source>Double-click a case above, or press Next case. Three labelled scans are enough to begin with, or slices of eight.</source>
            <translation>Haga doble clic en un caso de arriba, o pulse «Caso siguiente». Tres estudios etiquetados bastan para empezar, o cortes de ocho.</translation>
        </message>
        <message>
            <source>label by {annotator}</source>
            <translation>etiqueta de {annotator}</translation>
        </message>
        <message>
            <source>prediction of {model}</source>
            <translation>predicción de {model}</translation>
        </message>
        <message>
            <source>not submitted yet</source>
            <translation>aún no enviado</translation>
        </message>
    </context>
    <context>
        <name>desk.server_drafts</name>
        <message>
            <source>{who} has gone on with {case} at another computer. What you do here is kept on this computer.</source>
            <translation>{who} ha seguido con {case} en otro ordenador. Lo que haga aquí se guarda en este ordenador.</translation>
        </message>
    </context>
    <context>
        <name>desk.submit_label</name>
        <message>
            <source>Checking the label of {case}…</source>
            <translation>Comprobando la etiqueta de {case}…</translation>
        </message>
        <message>
            <source>Submitting {case}…</source>
            <translation>Enviando {case}…</translation>
        </message>
        <message>
            <source>{case} is on the server as revision {revision}.</source>
            <translation>{case} está en el servidor como revisión {revision}.</translation>
        </message>
        <message>
            <source>{error} Open the case again to see your label and go on.</source>
            <translation>{error} Abra el caso otra vez para ver su etiqueta y seguir.</translation>
        </message>
        <message>
            <source>{error} The label of {case} is kept here, and sent as soon as the server takes it.</source>
            <translation>{error} La etiqueta de {case} está guardada aquí y se envía en cuanto el servidor la acepte.</translation>
        </message>
        <message>
            <source>{cause} The label of {case} is kept and sent as soon as the server is back.</source>
            <translation>{cause} La etiqueta de {case} está guardada y se envía en cuanto el servidor vuelva.</translation>
        </message>
        <message>
            <source>{count} voxels are painted outside the bounds of the organ, where all is verified as background. Erase them, or set the bounds further out, then submit.</source>
            <translation>Hay {count} vóxeles pintados fuera de los límites del órgano, donde todo está verificado como fondo. Bórrelos, o ponga los límites más afuera, y después envíe.</translation>
        </message>
        <message>
            <source>Nothing was changed, so nothing counts as verified. Paint, or vouch for the whole scan.</source>
            <translation>No se cambió nada, así que nada cuenta como verificado. Pinte, o responda por el estudio entero.</translation>
        </message>
        <message>
            <source>No voxel is labelled. Submit again if this scan really holds none of the classes.</source>
            <translation>Ningún vóxel está etiquetado. Envíe otra vez si este estudio de verdad no contiene ninguna de las clases.</translation>
        </message>
        <message>
            <source>{count} voxels are labelled otherwise by somebody else, and nobody has decided: the first rows of Review. Submit again to leave them as not verified.</source>
            <translation>Otra persona etiquetó {count} vóxeles de otro modo y nadie ha decidido: las primeras filas de Revisión. Envíe otra vez para dejarlos sin verificar.</translation>
        </message>
        <message>
            <source>{case} is on its way to the server.</source>
            <translation>{case} está de camino al servidor.</translation>
        </message>
        <message>
            <source>{count} voxels lay in two segments: the class further down the list got them.</source>
            <translation>{count} vóxeles estaban en dos segmentos: los recibió la clase que está más abajo en la lista.</translation>
        </message>
    </context>
    <context>
        <name>desk.unsent_work</name>
        <message>
            <source>Your label of {case} is still on its way to the server.</source>
            <translation>Su etiqueta de {case} todavía está de camino al servidor.</translation>
        </message>
        <message>
            <source>Your edits of {case} from another computer are here, not submitted yet.</source>
            <translation>Sus cambios en {case} desde otro ordenador están aquí, aún sin enviar.</translation>
        </message>
        <message>
            <source>Your edits of {case}, not submitted yet, are back.</source>
            <translation>Sus cambios en {case}, aún sin enviar, han vuelto.</translation>
        </message>
        <message>
            <source>{who} submitted revision {revision} of {case} since you began. Your label is shown. Put both together keeps what either of you verified; Submit makes yours the next revision, Set aside shows theirs.</source>
            <translation>{who} envió la revisión {revision} de {case} desde que usted empezó. Se muestra su etiqueta. «Unir las dos» conserva lo que verificó cualquiera de los dos; «Enviar» hace de la suya la revisión siguiente, «Apartar» muestra la otra.</translation>
        </message>
        <message>
            <source>Somebody</source>
            <translation>Alguien</translation>
        </message>
    </context>
    <context>
        <name>overlay.label_choice</name>
        <message>
            <source>all labels</source>
            <translation>todas las etiquetas</translation>
        </message>
    </context>
    <context>
        <name>overlay.section</name>
        <message>
            <source>uncertainty</source>
            <translation>incertidumbre</translation>
        </message>
        <message>
            <source>disagreement of the networks</source>
            <translation>desacuerdo de las redes</translation>
        </message>
        <message>
            <source>0 certain → 1 unsure</source>
            <translation>0 seguro → 1 inseguro</translation>
        </message>
        <message>
            <source>0: no doubt here.</source>
            <translation>0: aquí no hay duda.</translation>
        </message>
    </context>
    <context>
        <name>overlay.surfaces</name>
        <message>
            <source>prediction with map</source>
            <translation>predicción con mapa</translation>
        </message>
    </context>
    <context>
        <name>overlay.words</name>
        <message>
            <source>uncertainty</source>
            <translation>incertidumbre</translation>
        </message>
        <message>
            <source>disagreement</source>
            <translation>desacuerdo</translation>
        </message>
        <message>
            <source>0 certain, 1 unsure</source>
            <translation>0 seguro, 1 inseguro</translation>
        </message>
        <message>
            <source>Not calibrated: how often this model errs where it is unsure was not measured.</source>
            <translation>Sin calibrar: no se midió con qué frecuencia se equivoca este modelo donde duda.</translation>
        </message>
        <message>
            <source>{value:.2f}: too few voxels had this value to say how many were wrong.</source>
            <translation>{value:.2f}: muy pocos vóxeles tenían este valor para decir cuántos eran erróneos.</translation>
        </message>
        <message>
            <source>{value:.2f}: {share} of such voxels were wrong on validation scans.</source>
            <translation>{value:.2f}: {share} de esos vóxeles eran erróneos en estudios de validación.</translation>
        </message>
        <message>
            <source>{value:.2f}: {share} of such voxels were wrong on scans the model learnt from; expect more.</source>
            <translation>{value:.2f}: {share} de esos vóxeles eran erróneos en estudios de los que el modelo aprendió; cuente con más.</translation>
        </message>
        <message>
            <source>less than 1 %</source>
            <translation>menos del 1 %</translation>
        </message>
        <message>
            <source>about {percent:.0f} %</source>
            <translation>cerca del {percent:.0f} %</translation>
        </message>
    </context>
    <context>
        <name>panel.panel</name>
        <message>
            <source>this computer</source>
            <translation>este ordenador</translation>
        </message>
        <message>
            <source>{name}, {scans}</source>
            <translation>{name}, {scans}</translation>
        </message>
    </context>
    <context>
        <name>rail.section</name>
        <message>
            <source>Open the section for this, and what is to be worked on.</source>
            <translation>Abre la sección para esto y aquello en lo que hay que trabajar.</translation>
        </message>
        <message>
            <source>Next: start a server</source>
            <translation>Siguiente: iniciar un servidor</translation>
        </message>
        <message>
            <source>Next: allow scans to be sent</source>
            <translation>Siguiente: permitir que se envíen estudios</translation>
        </message>
        <message>
            <source>Next: open or make a data set</source>
            <translation>Siguiente: abrir o crear un conjunto de datos</translation>
        </message>
        <message>
            <source>Next: add scans</source>
            <translation>Siguiente: añadir estudios</translation>
        </message>
        <message>
            <source>Next: label a scan ({count} of {wanted})</source>
            <translation>Siguiente: etiquetar un estudio ({count} de {wanted})</translation>
        </message>
        <message>
            <source>Next: submit what you labelled</source>
            <translation>Siguiente: enviar lo que ha etiquetado</translation>
        </message>
        <message>
            <source>Next: train</source>
            <translation>Siguiente: entrenar</translation>
        </message>
        <message>
            <source>Waiting for the training; label another scan meanwhile</source>
            <translation>Esperando el entrenamiento; etiquete mientras tanto otro estudio</translation>
        </message>
        <message>
            <source>Waiting for the predictions of all scans</source>
            <translation>Esperando las predicciones de todos los estudios</translation>
        </message>
        <message>
            <source>Next: review uncertain regions</source>
            <translation>Siguiente: revisar regiones inciertas</translation>
        </message>
        <message>
            <source>Next: correct slices of another scan</source>
            <translation>Siguiente: corregir cortes de otro estudio</translation>
        </message>
        <message>
            <source>Next: label one more scan</source>
            <translation>Siguiente: etiquetar un estudio más</translation>
        </message>
        <message>
            <source>Next: train again ({count} scans labelled since)</source>
            <translation>Siguiente: entrenar más ({count} estudios etiquetados desde entonces)</translation>
        </message>
        <message>
            <source>A few slices of eight scans teach nearly as much as four whole scans.</source>
            <translation>Unos pocos cortes de ocho estudios enseñan casi tanto como cuatro estudios enteros.</translation>
        </message>
        <message>
            <source>A box in each of thirteen scans teaches nearly as much as four whole scans.</source>
            <translation>Una caja en cada uno de trece estudios enseña casi tanto como cuatro estudios enteros.</translation>
        </message>
        <message>
            <source>This model knows too little for a walk: label one more scan, or train longer.</source>
            <translation>Este modelo sabe demasiado poco para un recorrido: etiquete un estudio más o entrene más tiempo.</translation>
        </message>
        <message>
            <source>You can train earlier in the section Train.</source>
            <translation>En la sección «Entrenamiento» puede entrenar también antes.</translation>
        </message>
    </context>
    <context>
        <name>rail.tour</name>
        <message>
            <source>The tour is over. What it has begun goes on; the button above leads on.</source>
            <translation>La visita ha terminado. Lo que ha empezado sigue; el botón de arriba lleva adelante.</translation>
        </message>
        <message>
            <source>The tour ends here; the button above leads on.</source>
            <translation>La visita termina aquí; el botón de arriba lleva adelante.</translation>
        </message>
        <message>
            <source>The tour waits for you: something went wrong, and is said below.</source>
            <translation>La visita le espera: algo ha fallado, abajo se dice qué.</translation>
        </message>
        <message>
            <source>The tour ends here: this data set needs labels first.</source>
            <translation>La visita termina aquí: este conjunto de datos necesita primero etiquetas.</translation>
        </message>
        <message>
            <source>The tour ends here: nothing is worth a look in this scan. The section below says why.</source>
            <translation>La visita termina aquí: en este estudio nada merece una mirada. La sección de abajo dice por qué.</translation>
        </message>
        <message>
            <source>The first uncertain region. Is the thin line, the label, right inside the light one? D accepts it; J and K show what either network says, the same key again takes that.</source>
            <translation>La primera región incierta. ¿Es correcta la línea fina, la etiqueta, dentro de la clara? D la acepta; J y K muestran lo que dice cada red, la misma tecla otra vez lo toma.</translation>
        </message>
        <message>
            <source>Stop the tour</source>
            <translation>Terminar la visita</translation>
        </message>
        <message>
            <source>Show me: sample scans, a first model, one region</source>
            <translation>Muéstreme: ejemplos, un primer modelo, una región</translation>
        </message>
        <message>
            <source>Tour, 1 of 5: a server starts on this computer. The first time that takes some minutes.</source>
            <translation>Visita, 1 de 5: arranca un servidor en este ordenador. La primera vez tarda unos minutos.</translation>
        </message>
        <message>
            <source>Tour, 2 of 5: sample scans are made, three of them with a label.</source>
            <translation>Visita, 2 de 5: se crean estudios de ejemplo, tres de ellos con etiqueta.</translation>
        </message>
        <message>
            <source>Tour, 3 of 5: the first model is trained. That takes some minutes.</source>
            <translation>Visita, 3 de 5: se entrena el primer modelo. Tarda unos minutos.</translation>
        </message>
        <message>
            <source>Tour, 3 of 5: the first model is trained. That takes some minutes. In the views: one of the scans that it learns from, with its label.</source>
            <translation>Visita, 3 de 5: se entrena el primer modelo. Tarda unos minutos. En las vistas: uno de los estudios de los que aprende, con su etiqueta.</translation>
        </message>
        <message>
            <source>Tour, 4 of 5: the model segments every scan.</source>
            <translation>Visita, 4 de 5: el modelo segmenta todos los estudios.</translation>
        </message>
        <message>
            <source>Tour, 5 of 5: a scan opens at the place that is worth a look most.</source>
            <translation>Visita, 5 de 5: se abre un estudio en el lugar que más merece una mirada.</translation>
        </message>
    </context>
    <context>
        <name>results.changes</name>
        <message>
            <source>label gained</source>
            <translation>etiqueta ganada</translation>
        </message>
        <message>
            <source>label lost</source>
            <translation>etiqueta perdida</translation>
        </message>
        <message>
            <source>another label</source>
            <translation>otra etiqueta</translation>
        </message>
        <message>
            <source>unchanged</source>
            <translation>sin cambios</translation>
        </message>
    </context>
    <context>
        <name>results.comparison</name>
        <message>
            <source>Two different models are needed.</source>
            <translation>Hacen falta dos modelos distintos.</translation>
        </message>
        <message>
            <source>Choose another one on either side.</source>
            <translation>Elija otro en uno de los dos lados.</translation>
        </message>
        <message>
            <source>changes, {before} → {after}</source>
            <translation>cambios, {before} → {after}</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Comparar</translation>
        </message>
        <message>
            <source>compared %v of %m</source>
            <translation>comparados %v de %m</translation>
        </message>
    </context>
    <context>
        <name>results.comparison_table</name>
        <message>
            <source>{name}, ml</source>
            <translation>{name}, ml</translation>
        </message>
        <message>
            <source>Volume after less volume before.</source>
            <translation>Volumen después menos volumen antes.</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Caso</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Verificado</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>→ Dice</source>
            <translation>→ Dice</translation>
        </message>
        <message>
            <source>Regions</source>
            <translation>Regiones</translation>
        </message>
        <message>
            <source>→ Reg.</source>
            <translation>→ Reg.</translation>
        </message>
        <message>
            <source>Changed, ml</source>
            <translation>Cambiado, ml</translation>
        </message>
        <message>
            <source>Double-click to open.</source>
            <translation>Doble clic para abrir.</translation>
        </message>
        <message>
            <source>Whether a model has learnt from this scan's label, itself or through a model that it began from.</source>
            <translation>Si un modelo ha aprendido de la etiqueta de este estudio, él mismo o por un modelo del que partió.</translation>
        </message>
        <message>
            <source>Overlap with the verified voxels before, mean over the labels.</source>
            <translation>Coincidencia con los vóxeles verificados antes, media de las etiquetas.</translation>
        </message>
        <message>
            <source>Overlap with the verified voxels after, mean over the labels.</source>
            <translation>Coincidencia con los vóxeles verificados después, media de las etiquetas.</translation>
        </message>
        <message>
            <source>Uncertain regions before, in what nobody has verified.</source>
            <translation>Regiones inciertas antes, en lo que nadie ha verificado.</translation>
        </message>
        <message>
            <source>Uncertain regions after, in what nobody has verified.</source>
            <translation>Regiones inciertas después, en lo que nadie ha verificado.</translation>
        </message>
        <message>
            <source>Volume whose label changed.</source>
            <translation>Volumen cuya etiqueta cambió.</translation>
        </message>
    </context>
    <context>
        <name>results.comparison_words</name>
        <message>
            <source>new to both</source>
            <translation>nuevo para los dos</translation>
        </message>
        <message>
            <source>learnt by both</source>
            <translation>aprendido por los dos</translation>
        </message>
        <message>
            <source>learnt by {model}</source>
            <translation>aprendido por {model}</translation>
        </message>
        <message>
            <source>{before} → {after}</source>
            <translation>{before} → {after}</translation>
        </message>
        <message>
            <source>Left out, as one of the two has not predicted them: {scans}.</source>
            <translation>Omitidos, porque uno de los dos no los ha predicho: {scans}.</translation>
        </message>
        <message>
            <source>Nothing is verified yet that Dice could be measured on.</source>
            <translation>Aún no hay nada verificado en que se pueda medir Dice.</translation>
        </message>
        <message>
            <source>Dice {before} before, {after} after</source>
            <translation>Dice {before} antes, {after} después</translation>
        </message>
        <message>
            <source>On the verified voxels of {scans} that neither model has learnt from: {figures}.</source>
            <translation>En los vóxeles verificados de {scans} de los que ninguno de los modelos ha aprendido: {figures}.</translation>
        </message>
        <message>
            <source>On the verified voxels of {scans} ({who}): {figures}. This shows what was taken in, not how new scans fare: verify a scan after training to see that.</source>
            <translation>En los vóxeles verificados de {scans} ({who}): {figures}. Esto muestra lo que se asimiló, no cómo irá con estudios nuevos: verifique un estudio después de entrenar para verlo.</translation>
        </message>
        <message>
            <source>{model} learnt from {count}</source>
            <translation>{model} aprendió de {count}</translation>
        </message>
        <message>
            <source>Uncertain regions (above {threshold}) not verified yet: {before} before, {after} after.</source>
            <translation>Regiones inciertas (por encima de {threshold}) aún sin verificar: {before} antes, {after} después.</translation>
        </message>
        <message>
            <source>{volume} ml changed their label, in {count} of {all}.</source>
            <translation>{volume} ml cambiaron de etiqueta, en {count} de {all}.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_map</name>
        <message>
            <source>Needs Slicer 5.12 or later, or the extension Quantitative Reporting.</source>
            <translation>Necesita Slicer 5.12 o posterior, o la extensión Quantitative Reporting.</translation>
        </message>
        <message>
            <source>Open the scan whose uncertainty is to be saved as DICOM.</source>
            <translation>Abra el estudio cuya incertidumbre se va a guardar como DICOM.</translation>
        </message>
        <message>
            <source>The open scan has no prediction yet.</source>
            <translation>El estudio abierto aún no tiene predicción.</translation>
        </message>
        <message>
            <source>Load the open scan from Slicer's DICOM database too: the file points to the images there.</source>
            <translation>Cargue el estudio abierto también desde la base de datos DICOM de Slicer: el archivo remite a las imágenes de allí.</translation>
        </message>
        <message>
            <source>Or choose another format.</source>
            <translation>O elija otro formato.</translation>
        </message>
        <message>
            <source>The uncertainty could not be saved as DICOM: {problem}</source>
            <translation>La incertidumbre no se pudo guardar como DICOM: {problem}</translation>
        </message>
        <message>
            <source>no file was made.</source>
            <translation>no se creó ningún archivo.</translation>
        </message>
        <message>
            <source>See Slicer's error log.</source>
            <translation>Vea el registro de errores de Slicer.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_reference</name>
        <message>
            <source>The scan's images are not in Slicer's DICOM database any more.</source>
            <translation>Las imágenes del estudio ya no están en la base de datos DICOM de Slicer.</translation>
        </message>
        <message>
            <source>Import the series into Slicer's DICOM database again, and load it.</source>
            <translation>Importe la serie otra vez en la base de datos DICOM de Slicer, y cárguela.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_seg</name>
        <message>
            <source>Needs Slicer 5.12 or later, or the extension Quantitative Reporting.</source>
            <translation>Necesita Slicer 5.12 o posterior, o la extensión Quantitative Reporting.</translation>
        </message>
        <message>
            <source>Open the scan whose label is to be saved as DICOM SEG.</source>
            <translation>Abra el estudio cuya etiqueta se va a guardar como DICOM SEG.</translation>
        </message>
        <message>
            <source>The open scan has no submitted label yet.</source>
            <translation>El estudio abierto aún no tiene etiqueta enviada.</translation>
        </message>
        <message>
            <source>Load the open scan from Slicer's DICOM database too: the file points to the images there.</source>
            <translation>Cargue el estudio abierto también desde la base de datos DICOM de Slicer: el archivo remite a las imágenes de allí.</translation>
        </message>
        <message>
            <source>Or choose another format.</source>
            <translation>O elija otro formato.</translation>
        </message>
        <message>
            <source>The label of the open scan is empty.</source>
            <translation>La etiqueta del estudio abierto está vacía.</translation>
        </message>
        <message>
            <source>DICOM SEG cannot hold an empty label.</source>
            <translation>DICOM SEG no puede contener una etiqueta vacía.</translation>
        </message>
        <message>
            <source>{case} label</source>
            <translation>{case}, etiqueta</translation>
        </message>
        <message>
            <source>Slicer's DICOM SEG export failed: {problem}</source>
            <translation>La exportación como DICOM SEG de Slicer falló: {problem}</translation>
        </message>
        <message>
            <source>See Slicer's error log.</source>
            <translation>Vea el registro de errores de Slicer.</translation>
        </message>
        <message>
            <source>the scan's images are not in Slicer's DICOM database any more.</source>
            <translation>las imágenes del estudio ya no están en la base de datos DICOM de Slicer.</translation>
        </message>
    </context>
    <context>
        <name>results.export</name>
        <message>
            <source>all scans</source>
            <translation>todos los estudios</translation>
        </message>
        <message>
            <source>the open scan</source>
            <translation>el estudio abierto</translation>
        </message>
        <message>
            <source>chosen scans</source>
            <translation>estudios elegidos</translation>
        </message>
        <message>
            <source>Stopped. What was complete by then was kept.</source>
            <translation>Detenido. Se conservó lo que estaba completo hasta entonces.</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>No hay ningún conjunto de datos abierto.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Elija uno arriba.</translation>
        </message>
        <message>
            <source>Folder for the labels</source>
            <translation>Carpeta para las etiquetas</translation>
        </message>
        <message>
            <source>The open scan's label is there as DICOM SEG as well.</source>
            <translation>La etiqueta del estudio abierto está ahí también como DICOM SEG.</translation>
        </message>
        <message>
            <source>The open scan's uncertainty is there as DICOM as well: {name}.</source>
            <translation>La incertidumbre del estudio abierto está ahí también como DICOM: {name}.</translation>
        </message>
        <message>
            <source>Save the open scan's label with Slicer's own DICOM SEG export.</source>
            <translation>Guardar la etiqueta del estudio abierto con la exportación DICOM SEG del propio Slicer.</translation>
        </message>
        <message>
            <source>Save the open scan's uncertainty as a DICOM Parametric Map that points to the scan's own images.</source>
            <translation>Guardar la incertidumbre del estudio abierto como DICOM Parametric Map, que remite a las imágenes del estudio.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportar…</translation>
        </message>
        <message>
            <source>saved %v of %m</source>
            <translation>guardados %v de %m</translation>
        </message>
        <message>
            <source>Saved the labels of {scans} and labels.csv in {folder}.</source>
            <translation>Se guardaron las etiquetas de {scans} y labels.csv en {folder}.</translation>
        </message>
        <message>
            <source>Not fully verified, and left out: {scans}.</source>
            <translation>Sin verificar del todo, y omitidos: {scans}.</translation>
        </message>
    </context>
    <context>
        <name>results.knowing</name>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>Taught by</source>
            <translation>Enseñado por</translation>
        </message>
        <message>
            <source>Tested by</source>
            <translation>Probado por</translation>
        </message>
        <message>
            <source>Dice, mean and range</source>
            <translation>Dice, media y rango</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Medir</translation>
        </message>
        <message>
            <source>tested with %v of %m scans</source>
            <translation>probado con %v de %m estudios</translation>
        </message>
        <message>
            <source>Numbered in the order of their making.</source>
            <translation>Numerados en el orden en que se hicieron.</translation>
        </message>
        <message>
            <source>Labelled scans that it learned from, or the models that it began with.</source>
            <translation>Estudios etiquetados de los que aprendió, o los modelos de los que partió.</translation>
        </message>
        <message>
            <source>Scans whose label came after it, before they taught another model.</source>
            <translation>Estudios cuya etiqueta llegó después de él, antes de que enseñaran a otro modelo.</translation>
        </message>
        <message>
            <source>Overlap with the labels of those scans: 0 none, 1 complete.</source>
            <translation>Coincidencia con las etiquetas de esos estudios: 0 ninguna, 1 completa.</translation>
        </message>
    </context>
    <context>
        <name>results.knowing_words</name>
        <message>
            <source>No scan has tested a model yet: label or correct one after a training, and it tests the model that it has not taught.</source>
            <translation>Ningún estudio ha probado aún un modelo: etiquete o corrija uno tras un entrenamiento, y probará el modelo al que no ha enseñado.</translation>
        </message>
        <message>
            <source>&lt;b&gt;Enough?&lt;/b&gt; All of this is flat.</source>
            <translation>&lt;b&gt;¿Basta?&lt;/b&gt; Nada de esto cambia apenas ya.</translation>
        </message>
        <message>
            <source>&lt;b&gt;Dice {mean}&lt;/b&gt; ({low} to {high}) on the last {scans} before they taught.</source>
            <translation>&lt;b&gt;Dice {mean}&lt;/b&gt; ({low} a {high}) en los últimos: {scans}, antes de que enseñaran.</translation>
        </message>
        <message>
            <source>Of {count} of them a part is verified; elsewhere the model's own expectation counts.</source>
            <translation>De {count} de ellos está verificada una parte; en lo demás cuenta lo que el propio modelo espera.</translation>
        </message>
        <message>
            <source>{share} % of {count} regions that were looked at needed nothing.</source>
            <translation>El {share} % de {count} regiones miradas no necesitó nada.</translation>
        </message>
        <message>
            <source>The last two models agree with Dice {dice} on {scans} without a label.</source>
            <translation>Los dos últimos modelos coinciden con Dice {dice} en estudios sin etiqueta ({scans}).</translation>
        </message>
        <message>
            <source>What more scans may bring is said after {rounds} models of different numbers of labelled scans.</source>
            <translation>Lo que pueden aportar más estudios se dice tras {rounds} modelos de distinto número de estudios etiquetados.</translation>
        </message>
        <message>
            <source>{more} more labelled scans may bring less than {gain} Dice, by the curve so far.</source>
            <translation>{more} estudios etiquetados más pueden aportar menos de {gain} de Dice, según la curva hasta ahora.</translation>
        </message>
        <message>
            <source>{more} more labelled scans may bring {gain} Dice ({low} to {high}), by the curve so far.</source>
            <translation>{more} estudios etiquetados más pueden aportar {gain} de Dice ({low} a {high}), según la curva hasta ahora.</translation>
        </message>
    </context>
    <context>
        <name>results.model_table</name>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Creado</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>Etiquetas</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>{model}, from {parent}</source>
            <translation>{model}, de {parent}</translation>
        </message>
        <message>
            <source>Numbered in the order of their making; from: the model that its training began with. Bold: in use.</source>
            <translation>Numerados por orden de creación; de: el modelo con el que empezó su entrenamiento. En negrita: en uso.</translation>
        </message>
        <message>
            <source>When its training ended.</source>
            <translation>Cuándo terminó su entrenamiento.</translation>
        </message>
        <message>
            <source>Labelled scans that it learned from.</source>
            <translation>Estudios etiquetados de los que aprendió.</translation>
        </message>
        <message>
            <source>Dice on patches of the labelled scans at the end of training, mean over the classes; new scans fare worse.</source>
            <translation>Dice en recortes de los estudios etiquetados al final del entrenamiento, media de las clases; con estudios nuevos es peor.</translation>
        </message>
    </context>
    <context>
        <name>results.prediction_table</name>
        <message>
            <source>{name}, ml</source>
            <translation>{name}, ml</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Caso</translation>
        </message>
        <message>
            <source>Unsure in organs</source>
            <translation>Duda en órganos</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>Double-click to open.</source>
            <translation>Doble clic para abrir.</translation>
        </message>
        <message>
            <source>Mean uncertainty within the organs that were found, 0 to 1; Data set has that of whole scans.</source>
            <translation>Incertidumbre media en los órganos encontrados, de 0 a 1; en Conjunto de datos está la de estudios enteros.</translation>
        </message>
        <message>
            <source>Predicted Dice: what the model expects of its own prediction.</source>
            <translation>Dice predicho: lo que el modelo espera de su propia predicción.</translation>
        </message>
    </context>
    <context>
        <name>results.section</name>
        <message>
            <source>{model} is in use.</source>
            <translation>{model} está en uso.</translation>
        </message>
        <message>
            <source>Export model</source>
            <translation>Exportar modelo</translation>
        </message>
        <message>
            <source>MONAI bundle (*.zip)</source>
            <translation>Paquete MONAI (*.zip)</translation>
        </message>
        <message>
            <source>Exporting {file}…</source>
            <translation>Exportando {file}…</translation>
        </message>
        <message>
            <source>Exported as {path}.</source>
            <translation>Exportado como {path}.</translation>
        </message>
        <message>
            <source>Roll back to this</source>
            <translation>Volver a este</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Usar</translation>
        </message>
        <message>
            <source>predicted %v of %m</source>
            <translation>predichos %v de %m</translation>
        </message>
        <message>
            <source>fetched %v of %m</source>
            <translation>traídos %v de %m</translation>
        </message>
        <message>
            <source>Open a data set first.</source>
            <translation>Abra primero un conjunto de datos.</translation>
        </message>
        <message>
            <source>Nothing has been trained yet. After training every scan is segmented by itself, and listed here.</source>
            <translation>Aún no se ha entrenado nada. Después de entrenar, todos los estudios se segmentan solos y se enumeran aquí.</translation>
        </message>
    </context>
    <context>
        <name>review.buttons</name>
        <message>
            <source>{next} and {previous} turn the slices of the region, {class} the class.</source>
            <translation>{next} y {previous} recorren los cortes de la región, {class} cambia la clase.</translation>
        </message>
    </context>
    <context>
        <name>review.first_look</name>
        <message>
            <source>Region {rank} has only just come into sight: look at it, then press {key}.</source>
            <translation>La región {rank} acaba de aparecer: mírela y pulse después {key}.</translation>
        </message>
        <message>
            <source>This answer has only just come into sight: look at it, then press {key}.</source>
            <translation>Esta respuesta acaba de aparecer: mírela y pulse después {key}.</translation>
        </message>
    </context>
    <context>
        <name>review.region_table</name>
        <message>
            <source>open</source>
            <translation>abierta</translation>
        </message>
        <message>
            <source>in part</source>
            <translation>en parte</translation>
        </message>
        <message>
            <source>accepted</source>
            <translation>aceptada</translation>
        </message>
        <message>
            <source>edited</source>
            <translation>editada</translation>
        </message>
        <message>
            <source>theirs</source>
            <translation>la otra</translation>
        </message>
        <message>
            <source>yours</source>
            <translation>la suya</translation>
        </message>
        <message>
            <source>#</source>
            <translation>#</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Clase</translation>
        </message>
        <message>
            <source>mm³</source>
            <translation>mm³</translation>
        </message>
        <message>
            <source>Unsure</source>
            <translation>Duda</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Ganancia</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Estado</translation>
        </message>
        <message>
            <source>You: {mine} · {who}: {theirs}</source>
            <translation>Usted: {mine} · {who}: {theirs}</translation>
        </message>
        <message>
            <source>somebody</source>
            <translation>alguien</translation>
        </message>
        <message>
            <source>background</source>
            <translation>fondo</translation>
        </message>
        <message>
            <source>Rank: the region with the largest gain comes first. With a !: two people contradict each other here.</source>
            <translation>Orden: la región con la mayor ganancia va primero. Con !: dos personas se contradicen aquí.</translation>
        </message>
        <message>
            <source>The class that the model found here, or next to it. With a !: how you and the other have labelled it.</source>
            <translation>La clase que el modelo encontró aquí, o al lado. Con !: cómo la han etiquetado usted y la otra persona.</translation>
        </message>
        <message>
            <source>Volume of the region.</source>
            <translation>Volumen de la región.</translation>
        </message>
        <message>
            <source>Mean uncertainty in the region, 0 certain to 1 unsure.</source>
            <translation>Incertidumbre media en la región, de 0 seguro a 1 inseguro.</translation>
        </message>
        <message>
            <source>mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain.</source>
            <translation>mm³ que aquí probablemente son erróneos y que nadie ha verificado: lo que una mirada puede aportar.</translation>
        </message>
        <message>
            <source>open: not looked at; in part: some of it is verified; accepted: as predicted; edited: differs from that. With a !: whose word counts.</source>
            <translation>abierta: sin mirar; en parte: algo de ella está verificado; aceptada: como se predijo; editada: difiere de eso. Con !: qué palabra vale.</translation>
        </message>
    </context>
    <context>
        <name>review.section</name>
        <message>
            <source>largest expected benefit</source>
            <translation>mayor beneficio esperado</translation>
        </message>
        <message>
            <source>by chance, not empty</source>
            <translation>al azar, no vacío</translation>
        </message>
        <message>
            <source>by name</source>
            <translation>por nombre</translation>
        </message>
        <message>
            <source>least certain</source>
            <translation>menos seguro</translation>
        </message>
        <message>
            <source>There is nothing to take back. Ctrl+Z takes back strokes of the brush.</source>
            <translation>No hay nada que deshacer. Ctrl+Z deshace trazos del pincel.</translation>
        </message>
        <message>
            <source>The whole scan counts as verified. Submit it, or take that back.</source>
            <translation>El estudio entero cuenta como verificado. Envíelo, o deshágalo.</translation>
        </message>
        <message>
            <source>You paint outside the bounds of the organ: one of the two is wrong.</source>
            <translation>Está pintando fuera de los límites del órgano: una de las dos cosas está mal.</translation>
        </message>
        <message>
            <source>Paint, then accept what you painted ({key}).</source>
            <translation>Pinte, y después acepte lo que pintó ({key}).</translation>
        </message>
        <message>
            <source>Every region is verified. Submit, or lower the threshold of the map.</source>
            <translation>Todas las regiones están verificadas. Envíe, o baje el umbral del mapa.</translation>
        </message>
    </context>
    <context>
        <name>tools.candidates</name>
        <message>
            <source>nothing new</source>
            <translation>nada nuevo</translation>
        </message>
        <message>
            <source>{volume} ml</source>
            <translation>{volume} ml</translation>
        </message>
        <message>
            <source>{volume} mm³</source>
            <translation>{volume} mm³</translation>
        </message>
    </context>
    <context>
        <name>tools.chips</name>
        <message>
            <source>background</source>
            <translation>fondo</translation>
        </message>
        <message>
            <source>{name}: what the brush paints, a touch spreads and the other answers are about.</source>
            <translation>{name}: lo que pinta el pincel, lo que extiende un toque y aquello de lo que tratan las otras respuestas.</translation>
        </message>
    </context>
    <context>
        <name>tools.mending</name>
        <message>
            <source>No class is in question in this region.</source>
            <translation>En esta región no hay ninguna clase en cuestión.</translation>
        </message>
        <message>
            <source>Paint it, or choose another answer.</source>
            <translation>Pinte, o elija otra respuesta.</translation>
        </message>
        <message>
            <source>Point into the region: {touch} spreads its class from there, {clear} background.</source>
            <translation>Apunte dentro de la región: {touch} extiende desde ahí su clase, {clear} el fondo.</translation>
        </message>
        <message>
            <source>The mouse points at nothing that may change.</source>
            <translation>El ratón no apunta a nada que pueda cambiar.</translation>
        </message>
        <message>
            <source>Point at a voxel of the region in a slice view that is not verified yet.</source>
            <translation>Apunte en una vista de corte a un vóxel de la región que aún no esté verificado.</translation>
        </message>
        <message>
            <source>That is how the region is labelled already.</source>
            <translation>La región ya está etiquetada así.</translation>
        </message>
        <message>
            <source>That is how the region is labelled, or it is the same as an answer of another key.</source>
            <translation>Así está ya etiquetada la región, o es lo mismo que la respuesta de otra tecla.</translation>
        </message>
        <message>
            <source>{change} {key} again takes it.</source>
            <translation>{change} {key} otra vez lo toma.</translation>
        </message>
        <message>
            <source>{change} Accept takes it; touch again for more.</source>
            <translation>{change} Aceptar lo toma; toque otra vez para más.</translation>
        </message>
        <message>
            <source>This changes nothing.</source>
            <translation>Esto no cambia nada.</translation>
        </message>
        <message>
            <source>This changes {volume} mm³</source>
            <translation>Esto cambia {volume} mm³</translation>
        </message>
    </context>
    <context>
        <name>tools.preview</name>
        <message>
            <source>preview</source>
            <translation>vista previa</translation>
        </message>
        <message>
            <source>background</source>
            <translation>fondo</translation>
        </message>
    </context>
    <context>
        <name>tools.toolbox</name>
        <message>
            <source>Level tracing needs a class to paint.</source>
            <translation>El trazado de nivel necesita una clase que pintar.</translation>
        </message>
        <message>
            <source>Choose one that is not locked.</source>
            <translation>Elija una que no esté bloqueada.</translation>
        </message>
        <message>
            <source>Point at a border and click: what it goes round gets the class, inside the region.</source>
            <translation>Señale un borde y haga clic: lo que rodea recibe la clase, dentro de la región.</translation>
        </message>
        <message>
            <source>No class is chosen to paint with.</source>
            <translation>No hay ninguna clase elegida para pintar.</translation>
        </message>
        <message>
            <source>This class is locked.</source>
            <translation>Esta clase está bloqueada.</translation>
        </message>
        <message>
            <source>Choose one of the classes above the brush, or unlock it.</source>
            <translation>Elija una de las clases sobre el pincel, o desbloquéela.</translation>
        </message>
    </context>
    <context>
        <name>view.outline</name>
        <message>
            <source>region under review</source>
            <translation>región en revisión</translation>
        </message>
    </context>
    <context>
        <name>view.spotlight</name>
        <message>
            <source>painting allowed here</source>
            <translation>aquí se puede pintar</translation>
        </message>
    </context>
    <context>
        <name>view.stage</name>
        <message>
            <source>0 certain → 1 unsure</source>
            <translation>0 seguro → 1 inseguro</translation>
        </message>
        <message>
            <source>The map is hidden: hold {key} for a glance.</source>
            <translation>El mapa está oculto: mantenga {key} para un vistazo.</translation>
        </message>
        <message>
            <source>Beside its {count} slices, {seen} seen</source>
            <translation>Fuera de sus {count} cortes, {seen} vistos</translation>
        </message>
        <message>
            <source>Slice {number} of {count}, {seen} seen</source>
            <translation>Corte {number} de {count}, {seen} vistos</translation>
        </message>
        <message>
            <source>Region {rank}: {count} of its slices were not looked at.</source>
            <translation>Región {rank}: {count} de sus cortes no se han mirado.</translation>
        </message>
    </context>
    <context>
        <name>review.walk</name>
        <message>
            <source>{name} is damaged.</source>
            <translation>{name} está dañado.</translation>
        </message>
        <message>
            <source>Move the threshold: the regions are found anew.</source>
            <translation>Mueva el umbral: las regiones se buscan de nuevo.</translation>
        </message>
        <message>
            <source>Region {rank} is not verified any more.</source>
            <translation>La región {rank} ya no está verificada.</translation>
        </message>
        <message>
            <source>Region {rank} is labelled as before it was painted.</source>
            <translation>La región {rank} está etiquetada como antes de pintarla.</translation>
        </message>
        <message>
            <source>Region {rank} has its label back.</source>
            <translation>La región {rank} ha recuperado su etiqueta.</translation>
        </message>
        <message>
            <source>The last stroke in region {rank} is taken back.</source>
            <translation>El último trazo en la región {rank} se ha deshecho.</translation>
        </message>
        <message>
            <source>What counts as verified is as before.</source>
            <translation>Lo que cuenta como verificado está como antes.</translation>
        </message>
        <message>
            <source>The regions that were accepted together are not verified any more.</source>
            <translation>Las regiones aceptadas juntas ya no están verificadas.</translation>
        </message>
        <message>
            <source>The last step in Label is taken back.</source>
            <translation>El último paso en «Etiqueta» está deshecho.</translation>
        </message>
        <message>
            <source>{count} voxels of the other label lie outside the bounds of the organ.</source>
            <translation>{count} vóxeles de la otra etiqueta están fuera de los límites del órgano.</translation>
        </message>
        <message>
            <source>Set the bounds further out first: First slice, Last slice or No bounds in Label. Nothing was changed.</source>
            <translation>Ponga primero los límites más afuera: «Primer corte», «Último corte» o «Sin límites» en «Etiqueta». No se cambió nada.</translation>
        </message>
    </context>
    <context>
        <name>review.words</name>
        <message>
            <source>&lt;b&gt;{done} of {count} regions&lt;/b&gt;, {share} % of the expected error reviewed; {left} ml of it left</source>
            <translation>&lt;b&gt;{done} de {count} regiones&lt;/b&gt;, {share} % del error esperado revisado; quedan {left} ml</translation>
        </message>
        <message>
            <source>Open a case that has a prediction: its uncertain regions are listed here.</source>
            <translation>Abra un caso que tenga predicción: sus regiones inciertas se enumeran aquí.</translation>
        </message>
        <message>
            <source>This case has no prediction yet: train first.</source>
            <translation>Este caso aún no tiene predicción: entrene primero.</translation>
        </message>
        <message>
            <source>Looking for uncertain regions…</source>
            <translation>Buscando regiones inciertas…</translation>
        </message>
        <message>
            <source>No region is that uncertain. Lower the threshold of the map in the section above.</source>
            <translation>Ninguna región es tan incierta. Baje el umbral del mapa en la sección de arriba.</translation>
        </message>
        <message>
            <source>{count} voxels that the model labels outside the bounds of the organ stay background.</source>
            <translation>{count} vóxeles que el modelo etiqueta fuera de los límites del órgano siguen siendo fondo.</translation>
        </message>
        <message>
            <source>{who} verified {share} % of this scan in revision {revision}: those voxels count as done.</source>
            <translation>{who} verificó el {share} % de este estudio en la revisión {revision}: esos vóxeles cuentan como hechos.</translation>
        </message>
        <message>
            <source>Somebody</source>
            <translation>Alguien</translation>
        </message>
    </context>
    <context>
        <name>panel.server</name>
        <message>
            <source>Starting the server on this computer…</source>
            <translation>Iniciando el servidor en este ordenador…</translation>
        </message>
        <message>
            <source>Stopping the server…</source>
            <translation>Deteniendo el servidor…</translation>
        </message>
        <message>
            <source>Connecting to {address}…</source>
            <translation>Conectando con {address}…</translation>
        </message>
        <message>
            <source>Testing {address}…</source>
            <translation>Probando {address}…</translation>
        </message>
        <message>
            <source>Stopped. What was done so far is used the next time.</source>
            <translation>Detenido. Lo hecho hasta ahora se aprovecha la próxima vez.</translation>
        </message>
        <message>
            <source>The server can be used: version {version}, {devices}.</source>
            <translation>El servidor se puede usar: versión {version}, {devices}.</translation>
        </message>
        <message>
            <source>The server is stopped. Its data is kept; a training goes on by itself and is found again.</source>
            <translation>El servidor está detenido. Sus datos se conservan; un entrenamiento sigue solo y se encuentra de nuevo.</translation>
        </message>
        <message>
            <source>Compare it with what the server's owner tells you, then connect.</source>
            <translation>Compárela con lo que le diga el dueño del servidor, y después conéctese.</translation>
        </message>
        <message>
            <source>this token does not open it.</source>
            <translation>este token no lo abre.</translation>
        </message>
        <message>
            <source>nobody enters without a token.</source>
            <translation>nadie entra sin token.</translation>
        </message>
        <message>
            <source>The server answers, but {but}</source>
            <translation>El servidor responde, pero {but}</translation>
        </message>
        <message>
            <source>What this computer has</source>
            <translation>Lo que tenga este ordenador</translation>
        </message>
        <message>
            <source>Processor</source>
            <translation>Procesador</translation>
        </message>
        <message>
            <source>NVIDIA graphics card</source>
            <translation>Tarjeta gráfica NVIDIA</translation>
        </message>
        <message>
            <source>Connected to {address}, version {version}: {devices}.</source>
            <translation>Conectado a {address}, versión {version}: {devices}.</translation>
        </message>
        <message>
            <source>Connected to {address} as {who}, version {version}: {devices}.</source>
            <translation>Conectado a {address} como {who}, versión {version}: {devices}.</translation>
        </message>
        <message>
            <source>Not connected yet.</source>
            <translation>Aún sin conexión.</translation>
        </message>
        <message>
            <source>Not connected. Start a server on this computer, or connect to another one.</source>
            <translation>Sin conexión. Inicie un servidor en este ordenador, o conéctese a otro.</translation>
        </message>
        <message>
            <source>this computer</source>
            <translation>este ordenador</translation>
        </message>
        <message>
            <source>What is sent to {address}: voxels, their place in space, labels, and what each scan is called here (its file, volume or series), because you ticked that below. Rename first what says who it is. Nothing else of a DICOM header is sent.</source>
            <translation>Lo que se envía a {address}: vóxeles, su lugar en el espacio, etiquetas y cómo se llama aquí cada estudio (su archivo, volumen o serie), porque lo marcó abajo. Cambie antes el nombre que diga quién es. No se envía nada más de una cabecera DICOM.</translation>
        </message>
        <message>
            <source>What is sent to {address}: voxels, their place in space, labels, and a number for each scan. Names of files, volumes, series and patients stay on this computer, and so does every DICOM header.</source>
            <translation>Lo que se envía a {address}: vóxeles, su lugar en el espacio, etiquetas y un número por estudio. Los nombres de archivos, volúmenes, series y pacientes se quedan en este ordenador, igual que toda cabecera DICOM.</translation>
        </message>
        <message>
            <source>{address} does not accept the token any more. Disconnect and enter a good one; nothing is lost.</source>
            <translation>{address} ya no acepta el token. Desconéctese e introduzca uno válido; no se pierde nada.</translation>
        </message>
        <message>
            <source>{address} cannot answer now. Trying again every few seconds; nothing is lost.</source>
            <translation>{address} no puede responder ahora. Se intenta de nuevo cada pocos segundos; no se pierde nada.</translation>
        </message>
        <message>
            <source>No answer from {address}. Trying again every few seconds; nothing is lost.</source>
            <translation>{address} no responde. Se intenta de nuevo cada pocos segundos; no se pierde nada.</translation>
        </message>
        <message>
            <source>Paste the one that it shows when it starts.</source>
            <translation>Pegue el que muestra al iniciarse.</translation>
        </message>
    </context>
    <context>
        <name>slices.bounding</name>
        <message>
            <source>The brush acts in the box alone: {key} puts it where the views cross.</source>
            <translation>El pincel actúa solo en la caja: {key} la pone donde se cruzan las vistas.</translation>
        </message>
    </context>
    <context>
        <name>slices.choices</name>
        <message>
            <source>Whole scan</source>
            <translation>Estudio entero</translation>
        </message>
        <message>
            <source>Slices</source>
            <translation>Cortes</translation>
        </message>
        <message>
            <source>Boxes</source>
            <translation>Cajas</translation>
        </message>
        <message>
            <source>as the scan was taken</source>
            <translation>como se adquirió</translation>
        </message>
        <message>
            <source>sagittal</source>
            <translation>sagital</translation>
        </message>
        <message>
            <source>coronal</source>
            <translation>coronal</translation>
        </message>
        <message>
            <source>axial</source>
            <translation>axial</translation>
        </message>
    </context>
    <context>
        <name>slices.part</name>
        <message>
            <source>The mouse is in no slice view.</source>
            <translation>El ratón no está en ninguna vista de corte.</translation>
        </message>
        <message>
            <source>Point at a corner of a box around the organ in a slice view, and press the key there.</source>
            <translation>Señale una esquina de una caja alrededor del órgano en una vista de corte y pulse allí la tecla.</translation>
        </message>
    </context>
    <context>
        <name>slices.proposal</name>
        <message>
            <source>proposed between slices</source>
            <translation>propuesto entre cortes</translation>
        </message>
    </context>
    <context>
        <name>slices.rim</name>
        <message>
            <source>verified (rim)</source>
            <translation>verificado (borde)</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>verificado</translation>
        </message>
        <message>
            <source>not verified</source>
            <translation>sin verificar</translation>
        </message>
    </context>
    <context>
        <name>slices.section</name>
        <message>
            <source>Looking at what lies between…</source>
            <translation>Buscando lo que hay entre los cortes…</translation>
        </message>
        <message>
            <source>There is nothing between verified slices: paint and verify two that lie apart.</source>
            <translation>No hay nada entre cortes verificados: pinte y verifique dos que estén separados.</translation>
        </message>
        <message>
            <source>Nothing is proposed for slice {number}.</source>
            <translation>No hay nada propuesto para el corte {number}.</translation>
        </message>
        <message>
            <source>Between ({key}) proposes what lies between verified slices.</source>
            <translation>«Intermedios» ({key}) propone lo que hay entre cortes verificados.</translation>
        </message>
        <message>
            <source>No proposal is left.</source>
            <translation>No queda ninguna propuesta.</translation>
        </message>
        <message>
            <source>There is nothing to take back. Ctrl+Z takes back strokes of the brush.</source>
            <translation>No hay nada que deshacer. Ctrl+Z deshace trazos del pincel.</translation>
        </message>
        <message>
            <source>All of this scan's plan is verified. {key} submits it and opens the next scan.</source>
            <translation>Todo lo previsto para este estudio está verificado. {key} lo envía y abre el estudio siguiente.</translation>
        </message>
        <message>
            <source>Nothing is painted in the box: {key} says that it is empty.</source>
            <translation>No hay nada pintado en la caja: {key} dice que está vacía.</translation>
        </message>
        <message>
            <source>Move the views to the next place, then {key}.</source>
            <translation>Lleve las vistas al lugar siguiente, y después {key}.</translation>
        </message>
        <message>
            <source>Nothing is painted in slice {number}: {key} there says that it is empty.</source>
            <translation>No hay nada pintado en el corte {number}: {key} dice allí que está vacío.</translation>
        </message>
        <message>
            <source>The label is being written just now: press {key} once more.</source>
            <translation>La etiqueta se está escribiendo en este momento: pulse {key} otra vez.</translation>
        </message>
        <message>
            <source>{count} slices are proposed, in outlines: {key} takes the one that is seen, nothing else counts.</source>
            <translation>Hay {count} cortes propuestos, en contornos: {key} toma el que se ve, nada más cuenta.</translation>
        </message>
        <message>
            <source>You paint outside the bounds of the organ: one of the two is wrong.</source>
            <translation>Está pintando fuera de los límites del órgano: una de las dos cosas está mal.</translation>
        </message>
    </context>
    <context>
        <name>slices.words</name>
        <message>
            <source>Where the organ begins and ends is not marked: outside it nothing is known to be background.</source>
            <translation>No está marcado dónde empieza y termina el órgano: fuera de él no se sabe de nada que sea fondo.</translation>
        </message>
        <message>
            <source>The organ lies in slices {first} to {last} of {count}</source>
            <translation>El órgano está en los cortes {first} a {last} de {count}</translation>
        </message>
        <message>
            <source>in a box of {box} voxels</source>
            <translation>en una caja de {box} vóxeles</translation>
        </message>
        <message>
            <source>; outside all is verified as background.</source>
            <translation>; fuera, todo está verificado como fondo.</translation>
        </message>
        <message>
            <source>Now go to where the organ ends: {key}.</source>
            <translation>Vaya ahora adonde termina el órgano: {key}.</translation>
        </message>
        <message>
            <source>Now go to where the organ begins: {key}.</source>
            <translation>Vaya ahora adonde empieza el órgano: {key}.</translation>
        </message>
        <message>
            <source>Paint slices {plan}; {key} goes on.</source>
            <translation>Pinte los cortes {plan}; {key} sigue adelante.</translation>
        </message>
        <message>
            <source>Now the opposite corner of the box, in the same view: {key}.</source>
            <translation>Ahora la esquina opuesta de la caja, en la misma vista: {key}.</translation>
        </message>
        <message>
            <source>Two corners in another view ({key}) bound the organ in the third direction, too.</source>
            <translation>Dos esquinas en otra vista ({key}) limitan el órgano también en la tercera dirección.</translation>
        </message>
        <message>
            <source>What the model alone proposed outside is taken away, in {slices}; {key} brings it back.</source>
            <translation>Lo que fuera proponía solo el modelo se ha quitado, en {slices}; {key} lo devuelve.</translation>
        </message>
        <message>
            <source>What the model proposes in {slices} is back, as nobody has verified it.</source>
            <translation>Lo que el modelo propone en {slices} está de vuelta; nadie lo ha verificado.</translation>
        </message>
        <message>
            <source>one slice</source>
            <translation>un corte</translation>
        </message>
        <message>
            <source>{count} slices</source>
            <translation>{count} cortes</translation>
        </message>
        <message>
            <source>What the model alone proposed there is taken away; {key} brings it back.</source>
            <translation>Lo que allí proponía solo el modelo se ha quitado; {key} lo devuelve.</translation>
        </message>
        <message>
            <source>The box is verified as the model labelled it; {key} takes that back.</source>
            <translation>La caja está verificada como el modelo la etiquetó; {key} lo deshace.</translation>
        </message>
        <message>
            <source>Slice {number} is verified as the model labelled it; {key} takes that back.</source>
            <translation>El corte {number} está verificado como el modelo lo etiquetó; {key} lo deshace.</translation>
        </message>
        <message>
            <source>The box has only just come into sight: look at it, then press {key}.</source>
            <translation>La caja acaba de aparecer: mírela y pulse después {key}.</translation>
        </message>
        <message>
            <source>Slice {number} has only just come into sight: look at it, then press {key}.</source>
            <translation>El corte {number} acaba de aparecer: mírelo y pulse después {key}.</translation>
        </message>
        <message>
            <source>What is labelled here is what the model proposes, and nobody has verified it: {next} verifies it, {scan} once more goes on without it.</source>
            <translation>Lo etiquetado aquí lo propone el modelo y nadie lo ha verificado: {next} lo verifica, {scan} otra vez sigue sin ello.</translation>
        </message>
        <message>
            <source>This scan is verified as a whole already.</source>
            <translation>Este estudio ya está verificado entero.</translation>
        </message>
        <message>
            <source>The label begins with the prediction. Correct the slices that are proposed: {next} verifies the one that is seen, as it is then.</source>
            <translation>La etiqueta empieza con la predicción. Corrija los cortes que se proponen: {next} verifica el que se ve, tal como está entonces.</translation>
        </message>
        <message>
            <source>Paint in the box, then {next}; {here} puts it where the views cross.</source>
            <translation>Pinte en la caja, y después {next}; {here} la pone donde se cruzan las vistas.</translation>
        </message>
        <message>
            <source>Slices are proposed where the organ is expected: paint and press {next}, or {empty} where there is none of it. Its ends need not be marked in every scan.</source>
            <translation>Se proponen cortes donde se espera el órgano: pinte y pulse {next}, o {empty} donde no haya nada de él. No hace falta marcar sus extremos en cada estudio.</translation>
        </message>
        <message>
            <source>Go to where the organ begins and press {first}, to where it ends and press {last}; or point at two opposite corners of a box around it, {corner} at each, in two views.</source>
            <translation>Vaya adonde empieza el órgano y pulse {first}, adonde termina y pulse {last}; o señale dos esquinas opuestas de una caja a su alrededor, {corner} en cada una, en dos vistas.</translation>
        </message>
        <message>
            <source>{done} of {of} boxes</source>
            <translation>{done} de {of} cajas verificadas</translation>
        </message>
        <message>
            <source>{done} of {of} slices</source>
            <translation>{done} de {of} cortes verificados</translation>
        </message>
        <message>
            <source>verified, {share} % of the scan · {minutes} min</source>
            <translation>y el {share} % del estudio · {minutes} min</translation>
        </message>
        <message>
            <source>{minutes} min in {count} scans</source>
            <translation>{minutes} min en {count} estudios</translation>
        </message>
        <message>
            <source>Slice {number} is not verified any more.</source>
            <translation>El corte {number} ya no está verificado.</translation>
        </message>
        <message>
            <source>It is not declared empty any more.</source>
            <translation>Eso ya no cuenta como vacío.</translation>
        </message>
        <message>
            <source>The box is not verified any more.</source>
            <translation>La caja ya no está verificada.</translation>
        </message>
        <message>
            <source>The proposal is out of slice {number} again.</source>
            <translation>La propuesta ya no está en el corte {number}.</translation>
        </message>
        <message>
            <source>The bounds are as before.</source>
            <translation>Los límites están como antes.</translation>
        </message>
        <message>
            <source>What counts as verified is as before.</source>
            <translation>Lo que cuenta como verificado está como antes.</translation>
        </message>
        <message>
            <source>The region is not verified any more.</source>
            <translation>La región ya no está verificada.</translation>
        </message>
        <message>
            <source>The region is labelled as before it was painted.</source>
            <translation>La región está etiquetada como antes de pintarla.</translation>
        </message>
        <message>
            <source>The region has its label back.</source>
            <translation>La región ha recuperado su etiqueta.</translation>
        </message>
        <message>
            <source>The last step in Review is taken back.</source>
            <translation>El último paso en «Revisión» está deshecho.</translation>
        </message>
        <message>
            <source>What the model proposes is as before, too.</source>
            <translation>También lo que propone el modelo está como antes.</translation>
        </message>
        <message>
            <source>Outside a box of {box} all is verified as background.</source>
            <translation>Fuera de una caja de {box} todo está verificado como fondo.</translation>
        </message>
        <message>
            <source>{voxels} voxels, {mm} mm</source>
            <translation>{voxels} vóxeles, {mm} mm</translation>
        </message>
    </context>
    <context>
        <name>training.plots</name>
        <message>
            <source>Dice on {count} validation scans</source>
            <translation>Dice en {count} estudios de validación</translation>
        </message>
        <message>
            <source>Dice on labelled training patches</source>
            <translation>Dice en recortes de entrenamiento etiquetados</translation>
        </message>
        <message>
            <source>Losses</source>
            <translation>Pérdidas</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>step</source>
            <translation>paso</translation>
        </message>
        <message>
            <source>loss</source>
            <translation>pérdida</translation>
        </message>
    </context>
    <context>
        <name>training.section</name>
        <message>
            <source>Labels and unlabelled scans</source>
            <translation>Etiquetas y estudios sin etiqueta</translation>
        </message>
        <message>
            <source>Labels only</source>
            <translation>Solo etiquetas</translation>
        </message>
        <message>
            <source>As published, for comparison</source>
            <translation>Como se publicó, para comparar</translation>
        </message>
        <message>
            <source>CT or MR, as their values say</source>
            <translation>TC o RM, según sus valores</translation>
        </message>
        <message>
            <source>CT</source>
            <translation>TC</translation>
        </message>
        <message>
            <source>MR</source>
            <translation>RM</translation>
        </message>
        <message>
            <source>Show Dice</source>
            <translation>Mostrar Dice</translation>
        </message>
        <message>
            <source>Show losses</source>
            <translation>Mostrar pérdidas</translation>
        </message>
        <message>
            <source>Show no curves</source>
            <translation>No mostrar curvas</translation>
        </message>
        <message>
            <source>Stopping after this step; the model is kept…</source>
            <translation>Se detiene después de este paso; el modelo se conserva…</translation>
        </message>
        <message>
            <source>Corrections are submitted before the training…</source>
            <translation>Se envían las correcciones antes del entrenamiento…</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>No hay ningún conjunto de datos abierto.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Elija uno arriba.</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Iniciando…</translation>
        </message>
        <message>
            <source>Starting again…</source>
            <translation>Iniciando otra vez…</translation>
        </message>
        <message>
            <source>Warning: {message}.</source>
            <translation>Advertencia: {message}.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Train again</source>
            <translation>Entrenar más</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Entrenar</translation>
        </message>
        <message>
            <source>Stop after the present step; what was learnt so far is kept as a model.</source>
            <translation>Detener después del paso actual; lo aprendido hasta ahora se conserva como modelo.</translation>
        </message>
        <message>
            <source>Go on learning, from what is verified by now. Afterwards all cases are predicted and compared.</source>
            <translation>Seguir aprendiendo, de lo que ya está verificado. Después se predicen y comparan todos los casos.</translation>
        </message>
        <message>
            <source>Train both networks on this data set. Afterwards all cases are predicted.</source>
            <translation>Entrenar las dos redes con este conjunto de datos. Después se predicen todos los casos.</translation>
        </message>
        <message>
            <source>Go on from {model}</source>
            <translation>Seguir desde {model}</translation>
        </message>
        <message>
            <source>Trained for {steps} steps. All cases are being predicted…</source>
            <translation>Entrenado durante {steps} pasos. Se predicen todos los casos…</translation>
        </message>
        <message>
            <source>The last training is {state} after {steps} steps.</source>
            <translation>El último entrenamiento está {state} tras {steps} pasos.</translation>
        </message>
        <message>
            <source>The training waits at the cluster for its turn…</source>
            <translation>El entrenamiento espera su turno en el clúster…</translation>
        </message>
        <message>
            <source>Step {step} of {steps}</source>
            <translation>Paso {step} de {steps}</translation>
        </message>
        <message>
            <source>{time} left</source>
            <translation>quedan {time}</translation>
        </message>
        <message>
            <source>{memory} on the device</source>
            <translation>{memory} en el dispositivo</translation>
        </message>
        <message>
            <source>as measured here</source>
            <translation>medido aquí</translation>
        </message>
        <message>
            <source>a guess, until the first training has measured it</source>
            <translation>una estimación, hasta que el primer entrenamiento lo haya medido</translation>
        </message>
        <message>
            <source>With a label: {labelled}, without: {other}. {steps} steps of {seconds} s ({source}): about {time}. Memory: about {memory}{available}.</source>
            <translation>Con etiqueta: {labelled}, sin ella: {other}. {steps} pasos de {seconds} s ({source}): unos {time}. Memoria: unos {memory}{available}.</translation>
        </message>
        <message>
            <source> of {memory} ({device})</source>
            <translation> de {memory} ({device})</translation>
        </message>
        <message>
            <source>First open a data set, above.</source>
            <translation>Abra primero un conjunto de datos, arriba.</translation>
        </message>
        <message>
            <source>First add scans to the data set, above.</source>
            <translation>Añada primero estudios al conjunto de datos, arriba.</translation>
        </message>
        <message>
            <source>First label a scan: double-click it in the table of cases. Three are a good start, or slices of eight.</source>
            <translation>Etiquete primero un estudio: haga doble clic en él en la tabla de casos. Tres son un buen comienzo, o cortes de ocho.</translation>
        </message>
        <message>
            <source>Not submitted yet: your corrections of {case}. They teach nothing until they are.</source>
            <translation>Sin enviar aún: sus correcciones de {case}. Hasta entonces no enseñan nada.</translation>
        </message>
        <message>
            <source>Not submitted yet: your corrections of {count} scans. They teach nothing until they are.</source>
            <translation>Sin enviar aún: sus correcciones de {count} estudios. Hasta entonces no enseñan nada.</translation>
        </message>
        <message>
            <source>The training is being prepared…</source>
            <translation>Se prepara el entrenamiento…</translation>
        </message>
        <message>
            <source>Preparing scan {number} of {total}…</source>
            <translation>Se prepara el estudio {number} de {total}…</translation>
        </message>
        <message>
            <source>Dice on {count} validation scans: {scores}</source>
            <translation>Dice en {count} estudios de validación: {scores}</translation>
        </message>
        <message>
            <source>Dice on labelled training patches: {scores}</source>
            <translation>Dice en recortes de entrenamiento etiquetados: {scores}</translation>
        </message>
    </context>
    <context>
        <name>training.unsubmitted</name>
        <message>
            <source>{case} is not submitted: Label says why. Nothing is trained before you have looked.</source>
            <translation>{case} no se ha enviado: Etiqueta dice por qué. Nada se entrena hasta que lo haya mirado.</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Entrenar</translation>
        </message>
        <message>
            <source>1 scan has corrections that are not submitted. They teach nothing until they are.</source>
            <translation>1 estudio tiene correcciones sin enviar. Hasta entonces no enseñan nada.</translation>
        </message>
        <message>
            <source>{count} scans have corrections that are not submitted. They teach nothing until they are.</source>
            <translation>{count} estudios tienen correcciones sin enviar. Hasta entonces no enseñan nada.</translation>
        </message>
        <message>
            <source>Submit and train</source>
            <translation>Enviar y entrenar</translation>
        </message>
        <message>
            <source>Train without</source>
            <translation>Entrenar sin ellas</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
    </context>
    <context>
        <name>worklist.kin</name>
        <message>
            <source>{count} more like this (same class, small, both networks agree). {shown} of {of} to look at first. </source>
            <translation>{count} más como esta (misma clase, pequeñas, las dos redes de acuerdo). {shown} de {of} que mirar primero. </translation>
        </message>
        <message>
            <source>{key} shows the next; anything else leaves it.</source>
            <translation>{key} muestra la siguiente; cualquier otra cosa lo deja.</translation>
        </message>
        <message>
            <source>{key} accepts all {count} as they are, {unseen} of them not looked at.</source>
            <translation>{key} acepta las {count} como están, {unseen} de ellas sin mirar.</translation>
        </message>
        <message>
            <source>{count} regions are accepted together, {unseen} of them not looked at. {key} takes that back.</source>
            <translation>{count} regiones aceptadas juntas, {unseen} de ellas sin mirar. {key} lo deshace.</translation>
        </message>
    </context>
    <context>
        <name>worklist.section</name>
        <message>
            <source>No data set is open.</source>
            <translation>No hay ningún conjunto de datos abierto.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Elija uno arriba.</translation>
        </message>
        <message>
            <source>Nothing is left in another scan of this list. Submit, train again, list anew.</source>
            <translation>No queda nada en otro estudio de esta lista. Envíe, entrene más y haga una lista nueva.</translation>
        </message>
        <message>
            <source>Go to a region first (Next).</source>
            <translation>Vaya primero a una región (Siguiente).</translation>
        </message>
        <message>
            <source>No other open region here is of this kind: same class, small, both networks agree.</source>
            <translation>Ninguna otra región abierta es aquí de este tipo: misma clase, pequeña, las dos redes de acuerdo.</translation>
        </message>
        <message>
            <source>The map shows other regions now: list them again.</source>
            <translation>El mapa muestra ahora otras regiones: haga la lista otra vez.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>List regions</source>
            <translation>Listar</translation>
        </message>
        <message>
            <source>looked into %v of %m scans</source>
            <translation>vistos %v de %m estudios</translation>
        </message>
    </context>
    <context>
        <name>worklist.table</name>
        <message>
            <source>Scan</source>
            <translation>Estudio</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Clase</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Ganancia</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Estado</translation>
        </message>
        <message>
            <source>The scan that the region lies in.</source>
            <translation>El estudio en el que está la región.</translation>
        </message>
        <message>
            <source>The class that the model found here, or next to it.</source>
            <translation>La clase que el modelo encontró aquí o al lado.</translation>
        </message>
        <message>
            <source>mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain.</source>
            <translation>mm³ que aquí probablemente son erróneos y que nadie ha verificado: lo que una mirada puede aportar.</translation>
        </message>
        <message>
            <source>done: every voxel of it is verified.</source>
            <translation>hecha: cada vóxel de la región está verificado.</translation>
        </message>
    </context>
    <context>
        <name>worklist.words</name>
        <message>
            <source>This model knows too little of this scan for a walk through its regions: label one more scan, or train longer.</source>
            <translation>Este modelo sabe demasiado poco de este estudio para recorrer sus regiones: etiquete un estudio más o entrene más tiempo.</translation>
        </message>
        <message>
            <source>{count} more regions are left for later rounds.</source>
            <translation>Quedan {count} regiones más para rondas posteriores.</translation>
        </message>
        <message>
            <source>Not predicted yet: {scans}.</source>
            <translation>Aún sin predecir: {scans}.</translation>
        </message>
        <message>
            <source>No scan has a region that is that uncertain and not verified.</source>
            <translation>Ningún estudio tiene una región tan incierta y sin verificar.</translation>
        </message>
        <message>
            <source>Round {number}: &lt;b&gt;{done} of {count} regions done&lt;/b&gt;, in {scans}.</source>
            <translation>Ronda {number}: &lt;b&gt;{done} de {count} regiones hechas&lt;/b&gt;, en {scans}.</translation>
        </message>
        <message>
            <source>This model knows too little for a walk: label one more scan, or train longer.</source>
            <translation>Este modelo sabe demasiado poco para un recorrido: etiquete un estudio más o entrene más tiempo.</translation>
        </message>
        <message>
            <source>Left out, as the model knows too little of them: {scans}. A label of one teaches more.</source>
            <translation>Omitidos, porque el modelo sabe demasiado poco de ellos: {scans}. Una etiqueta de uno enseña más.</translation>
        </message>
        <message>
            <source>done</source>
            <translation>terminado</translation>
        </message>
        <message>
            <source>open</source>
            <translation>abierta</translation>
        </message>
        <message>
            <source>background</source>
            <translation>fondo</translation>
        </message>
    </context>
    <context>
        <name>Comparison</name>
        <message>
            <source>Compare two models</source>
            <translation>Comparar dos modelos</translation>
        </message>
        <message>
            <source>What a training has changed: Dice on verified voxels, regions left, and where labels changed.</source>
            <translation>Lo que ha cambiado un entrenamiento: Dice en vóxeles verificados, regiones que quedan y dónde cambiaron las etiquetas.</translation>
        </message>
        <message>
            <source>The model before.</source>
            <translation>El modelo anterior.</translation>
        </message>
        <message>
            <source>→</source>
            <translation>→</translation>
        </message>
        <message>
            <source>The model after.</source>
            <translation>El modelo posterior.</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Comparar</translation>
        </message>
        <message>
            <source>Compare what the two models say of every scan that both have predicted.</source>
            <translation>Comparar lo que dicen los dos modelos de cada estudio que ambos han predicho.</translation>
        </message>
        <message>
            <source>Scans compared so far.</source>
            <translation>Estudios comparados hasta ahora.</translation>
        </message>
        <message>
            <source>Dice is the overlap with what was verified: 0 none, 1 complete. It counts verified voxels only.</source>
            <translation>Dice es la coincidencia con lo verificado: 0 ninguna, 1 completa. Solo cuentan los vóxeles verificados.</translation>
        </message>
        <message>
            <source>Before and after by scan; click a heading to sort. Double-click a scan to open it.</source>
            <translation>Antes y después por estudio; un clic en un encabezado ordena. Doble clic abre un estudio.</translation>
        </message>
        <message>
            <source>Changes over the scan</source>
            <translation>Cambios sobre el estudio</translation>
        </message>
        <message>
            <source>Show in the open scan which voxels got, lost or changed their label from the one model to the other.</source>
            <translation>Mostrar en el estudio abierto qué vóxeles ganaron, perdieron o cambiaron su etiqueta de un modelo al otro.</translation>
        </message>
        <message>
            <source>The colours of the changes.</source>
            <translation>Los colores de los cambios.</translation>
        </message>
    </context>
    <context>
        <name>Dataset</name>
        <message>
            <source>Data sets of this server.</source>
            <translation>Conjuntos de datos de este servidor.</translation>
        </message>
        <message>
            <source>New…</source>
            <translation>Nuevo…</translation>
        </message>
        <message>
            <source>Make a data set: a name and the labels to segment.</source>
            <translation>Crear un conjunto de datos: un nombre y las etiquetas que hay que segmentar.</translation>
        </message>
        <message>
            <source>Name:</source>
            <translation>Nombre:</translation>
        </message>
        <message>
            <source>for example Kidneys, MR</source>
            <translation>por ejemplo Riñones, RM</translation>
        </message>
        <message>
            <source>Name of the new data set; no names of patients.</source>
            <translation>Nombre del nuevo conjunto de datos; ningún nombre de paciente.</translation>
        </message>
        <message>
            <source>What is to be segmented. A value never changes, whatever the order.</source>
            <translation>Lo que hay que segmentar. Un valor no cambia nunca, sea cual sea el orden.</translation>
        </message>
        <message>
            <source>Add label</source>
            <translation>Añadir etiqueta</translation>
        </message>
        <message>
            <source>One more label, with the next free value.</source>
            <translation>Una etiqueta más, con el siguiente valor libre.</translation>
        </message>
        <message>
            <source>Remove label</source>
            <translation>Quitar etiqueta</translation>
        </message>
        <message>
            <source>Take the selected label out of the list.</source>
            <translation>Quitar de la lista la etiqueta seleccionada.</translation>
        </message>
        <message>
            <source>Create</source>
            <translation>Crear</translation>
        </message>
        <message>
            <source>Make the data set on the server. Its labels cannot be changed afterwards.</source>
            <translation>Crear el conjunto de datos en el servidor. Después sus etiquetas no se pueden cambiar.</translation>
        </message>
        <message>
            <source>Add folder…</source>
            <translation>Añadir carpeta…</translation>
        </message>
        <message>
            <source>Add every scan of a folder (NIfTI, NRRD, MetaImage), and the labels beside them.</source>
            <translation>Añadir todos los estudios de una carpeta (NIfTI, NRRD, MetaImage), y las etiquetas que haya al lado.</translation>
        </message>
        <message>
            <source>Add loaded volumes…</source>
            <translation>Volúmenes cargados…</translation>
        </message>
        <message>
            <source>Add volumes that are loaded in Slicer.</source>
            <translation>Añadir volúmenes que están cargados en Slicer.</translation>
        </message>
        <message>
            <source>Add DICOM series…</source>
            <translation>Series DICOM…</translation>
        </message>
        <message>
            <source>Add series of Slicer's DICOM database. Names of patients stay here.</source>
            <translation>Añadir series de la base de datos DICOM de Slicer. Los nombres de los pacientes se quedan aquí.</translation>
        </message>
        <message>
            <source>Add sample scans</source>
            <translation>Añadir estudios de ejemplo</translation>
        </message>
        <message>
            <source>Make ten phantom scans on this computer and add them; three of them have labels. Nothing is downloaded.</source>
            <translation>Crear diez estudios simulados en este ordenador y añadirlos; tres de ellos tienen etiquetas. No se descarga nada.</translation>
        </message>
        <message>
            <source>Use names of files, volumes and series as case names</source>
            <translation>Llamar a los casos como sus archivos o series</translation>
        </message>
        <message>
            <source>Without the tick the server gets case-001, case-002 and so on, and only this computer knows which scan that is. With it, names go to the server: none may say who the patient is.</source>
            <translation>Sin la marca, el servidor recibe case-001, case-002 y así sucesivamente, y solo este ordenador sabe qué estudio es. Con ella, los nombres van al servidor: ninguno debe decir quién es el paciente.</translation>
        </message>
        <message>
            <source>Tick what is to be added.</source>
            <translation>Marque lo que se va a añadir.</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Añadir</translation>
        </message>
        <message>
            <source>Add what is ticked.</source>
            <translation>Añadir lo marcado.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>Add nothing.</source>
            <translation>No añadir nada.</translation>
        </message>
        <message>
            <source>How much of the scans has been sent.</source>
            <translation>Cuánto de los estudios se ha enviado.</translation>
        </message>
        <message>
            <source>Stop sending. What has arrived stays; adding the same folder again goes on from there.</source>
            <translation>Dejar de enviar. Lo que ha llegado se queda; si añade la misma carpeta otra vez, sigue desde ahí.</translation>
        </message>
        <message>
            <source>What is being sent right now.</source>
            <translation>Lo que se está enviando ahora mismo.</translation>
        </message>
        <message>
            <source>Find a case</source>
            <translation>Buscar un caso</translation>
        </message>
        <message>
            <source>Show only cases with this text in their name or annotator.</source>
            <translation>Mostrar solo los casos con este texto en su nombre o anotador.</translation>
        </message>
        <message>
            <source>Show only cases in this state.</source>
            <translation>Mostrar solo los casos en este estado.</translation>
        </message>
        <message>
            <source>Labels that the server does not have yet; nothing of them is lost.</source>
            <translation>Etiquetas que el servidor aún no tiene; no se pierde nada de ellas.</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Abrir</translation>
        </message>
        <message>
            <source>Open this case with your label; then submit it as the next revision, or set it aside.</source>
            <translation>Abrir este caso con su etiqueta; después envíela como revisión siguiente, o apártela.</translation>
        </message>
        <message>
            <source>Double-click opens a case. Click a heading to sort.</source>
            <translation>Doble clic abre un caso. Un clic en un encabezado ordena.</translation>
        </message>
        <message>
            <source>How many cases there are, and in which states.</source>
            <translation>Cuántos casos hay, y en qué estados.</translation>
        </message>
    </context>
    <context>
        <name>Export</name>
        <message>
            <source>Export labels</source>
            <translation>Exportar etiquetas</translation>
        </message>
        <message>
            <source>Save the final labels as files, with a table of volumes, states, annotators and revisions.</source>
            <translation>Guardar las etiquetas finales como archivos, con una tabla de volúmenes, estados, anotadores y revisiones.</translation>
        </message>
        <message>
            <source>Scans:</source>
            <translation>Estudios:</translation>
        </message>
        <message>
            <source>Whose labels to save.</source>
            <translation>De quiénes se guardan las etiquetas.</translation>
        </message>
        <message>
            <source>Tick the scans whose labels to save.</source>
            <translation>Marque los estudios cuyas etiquetas se van a guardar.</translation>
        </message>
        <message>
            <source>As:</source>
            <translation>Como:</translation>
        </message>
        <message>
            <source>.seg.nrrd</source>
            <translation>.seg.nrrd</translation>
        </message>
        <message>
            <source>Slicer segmentation, with names, colours, codes and the fixed values.</source>
            <translation>Segmentación de Slicer, con nombres, colores, códigos y los valores fijos.</translation>
        </message>
        <message>
            <source>NIfTI</source>
            <translation>NIfTI</translation>
        </message>
        <message>
            <source>Label volume (.nii.gz) with the fixed values.</source>
            <translation>Volumen de etiquetas (.nii.gz) con los valores fijos.</translation>
        </message>
        <message>
            <source>DICOM SEG</source>
            <translation>DICOM SEG</translation>
        </message>
        <message>
            <source>Uncertainty as DICOM Parametric Map</source>
            <translation>Incertidumbre como DICOM Parametric Map</translation>
        </message>
        <message>
            <source>Also what nobody has verified yet</source>
            <translation>También lo que nadie ha verificado aún</translation>
        </message>
        <message>
            <source>Also save predictions, and labels that are verified in part. Their file names end in -prediction and -partly-verified; the table says it too.</source>
            <translation>Guardar también predicciones, y etiquetas verificadas en parte. Los nombres de sus archivos terminan en -prediction y -partly-verified; la tabla también lo dice.</translation>
        </message>
        <message>
            <source>Replace files that are there</source>
            <translation>Reemplazar los archivos que haya</translation>
        </message>
        <message>
            <source>Write over files of the same names. Without the tick nothing is written if one of them is there.</source>
            <translation>Escribir sobre los archivos del mismo nombre. Sin la marca no se escribe nada si hay alguno.</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportar…</translation>
        </message>
        <message>
            <source>Choose a folder and save.</source>
            <translation>Elegir una carpeta y guardar.</translation>
        </message>
        <message>
            <source>Scans saved so far.</source>
            <translation>Estudios guardados hasta ahora.</translation>
        </message>
    </context>
    <context>
        <name>Knowing</name>
        <message>
            <source>Is it enough?</source>
            <translation>¿Es bastante?</translation>
        </message>
        <message>
            <source>How good the models are on scans that they had not learnt from, and what more labelled scans may bring.</source>
            <translation>Lo buenos que son los modelos en estudios de los que no aprendieron, y lo que pueden aportar más estudios etiquetados.</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Medir</translation>
        </message>
        <message>
            <source>Let every labelled scan test the last model that had not learnt from it.</source>
            <translation>Deja que cada estudio etiquetado pruebe el último modelo que no aprendió de él.</translation>
        </message>
        <message>
            <source>Scans that have tested a model so far.</source>
            <translation>Estudios que han probado un modelo hasta ahora.</translation>
        </message>
        <message>
            <source>Each model on the scans that were labelled after it, before they taught another one.</source>
            <translation>Cada modelo en los estudios etiquetados después de él, antes de que enseñaran a otro.</translation>
        </message>
    </context>
    <context>
        <name>Label</name>
        <message>
            <source>The case that is open, and what it has so far.</source>
            <translation>El caso que está abierto, y lo que tiene hasta ahora.</translation>
        </message>
        <message>
            <source>Next case</source>
            <translation>Caso siguiente</translation>
        </message>
        <message>
            <source>Open the case that is most worth a label. What you painted here is kept.</source>
            <translation>Abrir el caso que más merece una etiqueta. Lo que pintó aquí se guarda.</translation>
        </message>
        <message>
            <source>Start from prediction</source>
            <translation>Empezar con la predicción</translation>
        </message>
        <message>
            <source>Copy the prediction into the label to correct it. Only what you change counts as verified, unless you say otherwise below.</source>
            <translation>Copiar la predicción en la etiqueta para corregirla. Solo lo que cambie cuenta como verificado, salvo que diga otra cosa abajo.</translation>
        </message>
        <message>
            <source>Put both together</source>
            <translation>Unir las dos</translation>
        </message>
        <message>
            <source>Somebody else has submitted a label of this scan since you began: keep every voxel that either of you verified. Where you contradict each other you decide, in the section Review.</source>
            <translation>Otra persona ha enviado una etiqueta de este estudio desde que usted empezó: conservar cada vóxel que verificó cualquiera de los dos. Donde se contradigan decide usted, en la sección Revisión.</translation>
        </message>
        <message>
            <source>Set aside</source>
            <translation>Apartar</translation>
        </message>
        <message>
            <source>Put your edits aside and show the case as the server has it. The edits stay on disk, in the folder that is named afterwards.</source>
            <translation>Apartar sus cambios y mostrar el caso como lo tiene el servidor. Los cambios se quedan en el disco, en la carpeta que se indica después.</translation>
        </message>
        <message>
            <source>Verified by you:</source>
            <translation>Verificado por usted:</translation>
        </message>
        <message>
            <source>What the next training learns from: the whole scan, or only the voxels that you changed here or verified before.</source>
            <translation>De qué aprende el próximo entrenamiento: del estudio entero, o solo de los vóxeles que cambió aquí o verificó antes.</translation>
        </message>
        <message>
            <source>Annotator:</source>
            <translation>Anotador:</translation>
        </message>
        <message>
            <source>who labels (optional)</source>
            <translation>quién etiqueta (opcional)</translation>
        </message>
        <message>
            <source>Your name or a code, sent with each label and shown to others who work on this data set. Leave it empty to send none.</source>
            <translation>Su nombre o un código, que se envía con cada etiqueta y se muestra a quienes trabajan en este conjunto de datos. Déjelo vacío para no enviar ninguno.</translation>
        </message>
        <message>
            <source>Submit (Ctrl+Return)</source>
            <translation>Enviar (Ctrl+Intro)</translation>
        </message>
        <message>
            <source>Check the label, send it in the background and open the next case. Keys: Ctrl+Return.</source>
            <translation>Comprobar la etiqueta, enviarla en segundo plano y abrir el caso siguiente. Teclas: Ctrl+Intro.</translation>
        </message>
    </context>
    <context>
        <name>Rail</name>
        <message>
            <source>Next</source>
            <translation>Siguiente</translation>
        </message>
        <message>
            <source>Show me</source>
            <translation>Muéstreme</translation>
        </message>
        <message>
            <source>Start a server on this computer, make sample scans, train a first model and go to its most uncertain region. Nothing of yours is sent anywhere; all of it lies in the folder that Advanced names.</source>
            <translation>Arranca un servidor en este ordenador, crea estudios de ejemplo, entrena un primer modelo y va a su región más incierta. Nada suyo se envía a ningún sitio; todo queda en la carpeta que indica Avanzado.</translation>
        </message>
    </context>
    <context>
        <name>Results</name>
        <message>
            <source>The models of this data set, newest first. The one in bold is in use: its predictions are shown.</source>
            <translation>Los modelos de este conjunto de datos, el más nuevo primero. El que está en negrita está en uso: se muestran sus predicciones.</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Usar</translation>
        </message>
        <message>
            <source>Show the predictions of the selected model, an older one too; those that are missing are made.</source>
            <translation>Mostrar las predicciones del modelo seleccionado, también de uno anterior; las que faltan se hacen.</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportar…</translation>
        </message>
        <message>
            <source>Save the selected model as a MONAI bundle, which runs without DualNetSSL.</source>
            <translation>Guardar el modelo seleccionado como paquete MONAI, que funciona sin DualNetSSL.</translation>
        </message>
        <message>
            <source>Predictions on their way from the server. What has come already is not fetched again.</source>
            <translation>Predicciones que vienen del servidor. Lo que ya ha llegado no se trae otra vez.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Detener</translation>
        </message>
        <message>
            <source>Stop fetching. A case that is opened fetches its own prediction.</source>
            <translation>Dejar de traerlas. Un caso que se abre trae su propia predicción.</translation>
        </message>
        <message>
            <source>What the model says of each case, the least certain first. Double-click a case to open it.</source>
            <translation>Lo que dice el modelo de cada caso, los menos seguros primero. Doble clic abre un caso.</translation>
        </message>
        <message>
            <source>Uncertainty over the anatomy</source>
            <translation>Incertidumbre sobre la anatomía</translation>
        </message>
        <message>
            <source>Show where the networks are unsure, over the scan.</source>
            <translation>Mostrar sobre el estudio dónde dudan las redes.</translation>
        </message>
        <message>
            <source>Show:</source>
            <translation>Mostrar:</translation>
        </message>
        <message>
            <source>Uncertainty: how unsure both networks are together. Disagreement: how far they contradict each other.</source>
            <translation>Incertidumbre: cuánto dudan las dos redes juntas. Desacuerdo: cuánto se contradicen una a otra.</translation>
        </message>
        <message>
            <source>About:</source>
            <translation>Sobre:</translation>
        </message>
        <message>
            <source>All doubt, or only that within the predicted voxels of one label and directly beside them.</source>
            <translation>Toda la duda, o solo la que hay en los vóxeles predichos de una etiqueta y justo al lado.</translation>
        </message>
        <message>
            <source>From:</source>
            <translation>Desde:</translation>
        </message>
        <message>
            <source>Voxels below this value stay clear. 0 is certain; 1 is as unsure as can be.</source>
            <translation>Los vóxeles por debajo de este valor quedan limpios. 0 es seguro; 1 es lo más inseguro posible.</translation>
        </message>
        <message>
            <source>Opacity:</source>
            <translation>Opacidad:</translation>
        </message>
        <message>
            <source>How much the map hides the scan beneath it.</source>
            <translation>Cuánto oculta el mapa el estudio que tiene debajo.</translation>
        </message>
        <message>
            <source>Colours:</source>
            <translation>Colores:</translation>
        </message>
        <message>
            <source>0</source>
            <translation>0</translation>
        </message>
        <message>
            <source>The colours of the map, from 0 (certain, clear) to 1 (as unsure as can be).</source>
            <translation>Los colores del mapa, de 0 (seguro, limpio) a 1 (lo más inseguro posible).</translation>
        </message>
        <message>
            <source>logarithmic: small doubt stands out</source>
            <translation>logarítmico: resaltan las dudas pequeñas</translation>
        </message>
        <message>
            <source>Spread the colours so that small values take up more of them, where most of a map lies close to 0.</source>
            <translation>Repartir los colores de modo que los valores pequeños ocupen más, cuando la mayor parte de un mapa está cerca de 0.</translation>
        </message>
        <message>
            <source>Legend:</source>
            <translation>Leyenda:</translation>
        </message>
        <message>
            <source>in the slice views</source>
            <translation>en las vistas de corte</translation>
        </message>
        <message>
            <source>Show in the slice views which colour stands for which value.</source>
            <translation>Mostrar en las vistas de corte qué color representa qué valor.</translation>
        </message>
        <message>
            <source>How often the model was wrong where it was as unsure as this, counted on scans whose truth is known.</source>
            <translation>Con qué frecuencia se equivocó el modelo donde dudaba tanto, contado en estudios cuya verdad se conoce.</translation>
        </message>
        <message>
            <source>In 3D:</source>
            <translation>En 3D:</translation>
        </message>
        <message>
            <source>on the surface of the prediction</source>
            <translation>sobre la superficie de la predicción</translation>
        </message>
        <message>
            <source>Show the predicted label as a surface in the 3D view, coloured by the map.</source>
            <translation>Mostrar la etiqueta predicha como superficie en la vista 3D, coloreada por el mapa.</translation>
        </message>
        <message>
            <source>Cursor:</source>
            <translation>Cursor:</translation>
        </message>
        <message>
            <source>The map under the mouse in a slice view, also where it is below the threshold.</source>
            <translation>El mapa bajo el ratón en una vista de corte, también donde está por debajo del umbral.</translation>
        </message>
    </context>
    <context>
        <name>Review</name>
        <message>
            <source>Regions whose every voxel is verified, and how much of the volume that is expected to be wrong in this scan lies in verified voxels.</source>
            <translation>Regiones con todos los vóxeles verificados, y cuánto del volumen que probablemente es erróneo en este estudio está en vóxeles verificados.</translation>
        </message>
        <message>
            <source>Places where the model is unsure, the most rewarding first. Click one to go there. The threshold of the map decides what is listed.</source>
            <translation>Lugares donde el modelo duda, los más provechosos primero. Un clic lleva allí. El umbral del mapa decide cuáles se enumeran.</translation>
        </message>
        <message>
            <source>The slice of the region that is seen, along the direction that you went last. The wheel does not leave the region; a slider or the crosshair does.</source>
            <translation>El corte de la región que se ve, en la dirección que recorrió por última vez. La rueda no sale de la región; un deslizador o la cruz, sí.</translation>
        </message>
        <message>
            <source>One field a slice of the region: green was looked at, grey was not, yellow is seen now.</source>
            <translation>Un campo por corte de la región: verde se ha mirado, gris no, amarillo se ve ahora.</translation>
        </message>
        <message>
            <source>The colours of the map while it is seen, and how to see it.</source>
            <translation>Los colores del mapa mientras se ve, y cómo verlo.</translation>
        </message>
        <message>
            <source>Previous</source>
            <translation>Anterior</translation>
        </message>
        <message>
            <source>Go to the region before, in the order of the table.</source>
            <translation>Ir a la región anterior, en el orden de la tabla.</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Siguiente</translation>
        </message>
        <message>
            <source>Go to the next region. The slice views jump there and zoom; one of them keeps the whole scan, the 3D view lights the region in the organ.</source>
            <translation>Ir a la región siguiente. Las vistas de corte saltan allí y amplían; una conserva el estudio entero, la vista 3D ilumina la región en el órgano.</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>Mapa</translation>
        </message>
        <message>
            <source>Keep the map of uncertainty in the views while regions are looked at, or hide it again. Hold the key for a glance.</source>
            <translation>Mantener el mapa de incertidumbre en las vistas mientras se miran regiones, u ocultarlo de nuevo. Mantenga la tecla para un vistazo.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Deshacer</translation>
        </message>
        <message>
            <source>Take back the last stroke or what was verified last, and the label that it changed. Ctrl+Z takes back strokes of the Segment Editor.</source>
            <translation>Deshace el último trazo o lo último verificado, y la etiqueta que cambió. Ctrl+Z deshace los trazos del Segment Editor.</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>Aceptar</translation>
        </message>
        <message>
            <source>Vouch for this region as it is labelled now, painted on or not, and go to the next open one.</source>
            <translation>Responder por esta región tal como está etiquetada ahora, pintada o no, e ir a la siguiente abierta.</translation>
        </message>
        <message>
            <source>Brush</source>
            <translation>Pincel</translation>
        </message>
        <message>
            <source>Take the brush: it paints the class chosen below, inside this region alone. Accept when you have finished.</source>
            <translation>Tomar el pincel: pinta la clase elegida abajo, solo dentro de esta región. Acepte cuando termine.</translation>
        </message>
        <message>
            <source>Erase</source>
            <translation>Borrar</translation>
        </message>
        <message>
            <source>Take the eraser: a brush of background, inside this region alone.</source>
            <translation>Tomar la goma: un pincel de fondo, solo dentro de esta región.</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Restaurar</translation>
        </message>
        <message>
            <source>Put the prediction back into this region, vouch for it, and go to the next open one.</source>
            <translation>Devolver la predicción a esta región, responder por ella e ir a la siguiente abierta.</translation>
        </message>
        <message>
            <source>Trace</source>
            <translation>Trazar</translation>
        </message>
        <message>
            <source>Take the Segment Editor's level tracing with the chosen class, inside this region alone.</source>
            <translation>Tomar el trazado de nivel (Level tracing) del Segment Editor con la clase elegida, solo dentro de esta región.</translation>
        </message>
        <message>
            <source>Network 1</source>
            <translation>Red 1</translation>
        </message>
        <message>
            <source>Show how the first network labels this region. The same again takes that, vouches for it, and goes on.</source>
            <translation>Muestra cómo etiqueta esta región la primera red. Lo mismo otra vez lo toma, responde por ello y sigue.</translation>
        </message>
        <message>
            <source>Network 2</source>
            <translation>Red 2</translation>
        </message>
        <message>
            <source>Show how the second network labels this region. The same again takes that, vouches for it, and goes on.</source>
            <translation>Muestra cómo etiqueta esta región la segunda red. Lo mismo otra vez lo toma, responde por ello y sigue.</translation>
        </message>
        <message>
            <source>Runner-up</source>
            <translation>Segunda</translation>
        </message>
        <message>
            <source>Show the class that is second most likely in each voxel of this region. The same again takes it.</source>
            <translation>Muestra en cada vóxel de esta región la segunda clase más probable. Lo mismo otra vez la toma.</translation>
        </message>
        <message>
            <source>Between</source>
            <translation>Intermedios</translation>
        </message>
        <message>
            <source>Show the slices between those that you have painted in this region filled. The same again takes it.</source>
            <translation>Muestra rellenos los cortes entre los que ha pintado en esta región. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>Grow</source>
            <translation>Crecer</translation>
        </message>
        <message>
            <source>Show this region grown from seeds: what you have painted, what is verified, what both networks are certain of, and all around. The same again takes it.</source>
            <translation>Muestra esta región crecida a partir de semillas: lo que ha pintado, lo verificado, aquello de lo que ambas redes están seguras y todo alrededor. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>Smaller</source>
            <translation>Menor</translation>
        </message>
        <message>
            <source>Show the class in question one voxel smaller in this region. The same again takes it.</source>
            <translation>Muestra la clase en cuestión un vóxel menor en esta región. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>Larger</source>
            <translation>Mayor</translation>
        </message>
        <message>
            <source>Show the class in question one voxel larger in this region, over background. The same again takes it.</source>
            <translation>Muestra la clase en cuestión un vóxel mayor en esta región, sobre el fondo. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Todo</translation>
        </message>
        <message>
            <source>Show all of this region as the class in question. The same again takes it.</source>
            <translation>Muestra toda esta región como la clase en cuestión. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>Nothing</source>
            <translation>Nada</translation>
        </message>
        <message>
            <source>Show all of this region as background. The same again takes it.</source>
            <translation>Muestra toda esta región como fondo. Lo mismo otra vez lo toma.</translation>
        </message>
        <message>
            <source>Brush:</source>
            <translation>Pincel:</translation>
        </message>
        <message>
            <source> mm</source>
            <translation> mm</translation>
        </message>
        <message>
            <source>Width of the brush. Shift and the wheel change it while it is over a slice view.</source>
            <translation>Anchura del pincel. Mayús y la rueda la cambian mientras está sobre una vista de corte.</translation>
        </message>
        <message>
            <source>Sphere</source>
            <translation>Esfera</translation>
        </message>
        <message>
            <source>Paint a ball, in the slices above and below too, in place of a disc in the slice.</source>
            <translation>Pintar una bola, también en los cortes de encima y debajo, en lugar de un disco en el corte.</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>Bloquear</translation>
        </message>
        <message>
            <source>Let the chosen class neither lose nor gain a voxel, whatever is painted or taken here.</source>
            <translation>La clase elegida no pierde ni gana ningún vóxel, se pinte o se tome aquí lo que sea.</translation>
        </message>
        <message>
            <source>A touch is three voxels wide. It spreads over like intensities within the region and fades; what is verified stays. The keys act while the mouse is in a slice view, and Accept takes what is shown.</source>
            <translation>Un toque tiene tres vóxeles de ancho. Se extiende dentro de la región por intensidades parecidas y se atenúa; lo verificado queda. Las teclas actúan mientras el ratón está en una vista de corte, y Aceptar toma lo que se muestra.</translation>
        </message>
        <message>
            <source>The keys turn the view that the mouse is in, and else the one that was turned last.</source>
            <translation>Las teclas giran la vista en la que está el ratón y, si no, la que se movió por última vez.</translation>
        </message>
        <message>
            <source>Keys and choices</source>
            <translation>Teclas y opciones</translation>
        </message>
        <message>
            <source>Which keys do what: they stand on the buttons and in the lines below them. And what the brush may reach, and what the mouse shows.</source>
            <translation>Qué hace cada tecla: están en los botones y en las líneas de debajo. Y hasta dónde llega el pincel y qué muestra el ratón.</translation>
        </message>
        <message>
            <source>Show what a touch at the mouse would change</source>
            <translation>Mostrar qué cambiaría un toque bajo el ratón</translation>
        </message>
        <message>
            <source>A line is drawn round it while the mouse moves through the region. Nothing changes before the key of the touch is pressed.</source>
            <translation>Una línea lo rodea mientras el ratón se mueve por la región. Nada cambia antes de pulsar la tecla del toque.</translation>
        </message>
        <message>
            <source>Segment Editor: inside the region only</source>
            <translation>Segment Editor: solo dentro de la región</translation>
        </message>
        <message>
            <source>Limit the Segment Editor's effects to the region that is selected, by its masking. Its eraser acts on the active segment everywhere; brush and eraser of this section never leave the region.</source>
            <translation>Limitar los efectos del Segment Editor a la región seleccionada, con su enmascaramiento. Su goma actúa en todas partes sobre el segmento activo; el pincel y la goma de esta sección nunca salen de la región.</translation>
        </message>
        <message>
            <source>Keys:</source>
            <translation>Teclas:</translation>
        </message>
        <message>
            <source>Eleven keys with spaces between, ⇧ or Shift+ for Shift: next, previous, accept, brush, restore, map, undo, eraser, next class, next slice, previous slice. They act while the mouse or the keyboard is in this section or in a slice view, and are silent while text is typed.</source>
            <translation>Once teclas separadas por espacios, ⇧ o Shift+ para Mayús: siguiente, anterior, aceptar, pincel, restaurar, mapa, deshacer, goma, clase siguiente, corte siguiente, corte anterior. Actúan mientras el ratón o el teclado está en esta sección o en una vista de corte, y callan mientras se escribe texto.</translation>
        </message>
        <message>
            <source>Keys to mend:</source>
            <translation>Teclas para corregir:</translation>
        </message>
        <message>
            <source>Eleven keys with spaces between, ⇧ or Shift+ for Shift: network 1, network 2, spread the class, spread background, runner-up, smaller, larger, all, nothing, between, grow. They act where the keys above do.</source>
            <translation>Once teclas separadas por espacios, ⇧ o Shift+ para Mayús: red 1, red 2, extender la clase, extender el fondo, segunda más probable, menor, mayor, todo, nada, entre medias, crecer. Actúan donde las teclas de arriba.</translation>
        </message>
        <message>
            <source>Keys of the list:</source>
            <translation>Teclas de la lista:</translation>
        </message>
        <message>
            <source>Two keys with a space between, ⇧ or Shift+ for Shift: next scan, same kind. They act where the keys above do, and give way to those.</source>
            <translation>Dos teclas con un espacio en medio, ⇧ o Shift+ para Mayúsculas: siguiente estudio, mismo tipo. Actúan donde actúan las de arriba, y ceden ante ellas.</translation>
        </message>
        <message>
            <source>Which case comes next: the one with the largest volume that is expected to be wrong and is not verified, any with something in it, by name, or the least certain.</source>
            <translation>Qué caso viene después: el que tiene el mayor volumen probablemente erróneo y sin verificar, cualquiera que contenga algo, por nombre, o el menos seguro.</translation>
        </message>
        <message>
            <source>Next case</source>
            <translation>Caso siguiente</translation>
        </message>
        <message>
            <source>Open the next case in this order. What you did here is kept.</source>
            <translation>Abrir el caso siguiente en este orden. Lo que hizo aquí se guarda.</translation>
        </message>
        <message>
            <source>Whole scan</source>
            <translation>Estudio entero</translation>
        </message>
        <message>
            <source>Vouch for the whole scan as it is labelled now: every voxel counts as verified.</source>
            <translation>Responder por el estudio entero tal como está etiquetado ahora: todos los vóxeles cuentan como verificados.</translation>
        </message>
        <message>
            <source>Submit</source>
            <translation>Enviar</translation>
        </message>
        <message>
            <source>Send the label with what is verified, in the background, and open the next case. Keys: Ctrl+Return.</source>
            <translation>Enviar la etiqueta con lo verificado, en segundo plano, y abrir el caso siguiente. Teclas: Ctrl+Intro.</translation>
        </message>
    </context>
    <context>
        <name>Server</name>
        <message>
            <source>Not connected</source>
            <translation>Sin conexión</translation>
        </message>
        <message>
            <source>Whether a server is there and answers.</source>
            <translation>Si hay un servidor y responde.</translation>
        </message>
        <message>
            <source>Start local server</source>
            <translation>Iniciar servidor local</translation>
        </message>
        <message>
            <source>Start a server on this computer. The first time, its own Python environment is made; nothing of Slicer's is changed.</source>
            <translation>Iniciar un servidor en este ordenador. La primera vez se crea su propio entorno de Python; no se cambia nada del de Slicer.</translation>
        </message>
        <message>
            <source>Stop server</source>
            <translation>Detener servidor</translation>
        </message>
        <message>
            <source>Stop the server on this computer. What it has stored stays. A training that runs goes on by itself; the server finds it again when it starts.</source>
            <translation>Detener el servidor en este ordenador. Lo que ha guardado se queda. Un entrenamiento en curso sigue solo; el servidor lo encuentra de nuevo cuando se inicia.</translation>
        </message>
        <message>
            <source>Disconnect</source>
            <translation>Desconectar</translation>
        </message>
        <message>
            <source>Leave the server. It goes on with what it does.</source>
            <translation>Dejar el servidor. Sigue con lo que está haciendo.</translation>
        </message>
        <message>
            <source>How far the start of the local server has come.</source>
            <translation>Hasta dónde ha llegado el inicio del servidor local.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>Stop what is going on; what was done so far is used the next time.</source>
            <translation>Detener lo que está en marcha; lo hecho hasta ahora se aprovecha la próxima vez.</translation>
        </message>
        <message>
            <source>What is being done right now.</source>
            <translation>Lo que se hace ahora mismo.</translation>
        </message>
        <message>
            <source>Another computer's server</source>
            <translation>Servidor de otro ordenador</translation>
        </message>
        <message>
            <source>Connect to a server that runs already, here or elsewhere.</source>
            <translation>Conectarse a un servidor que ya funciona, aquí o en otro lugar.</translation>
        </message>
        <message>
            <source>Address:</source>
            <translation>Dirección:</translation>
        </message>
        <message>
            <source>name:8765</source>
            <translation>nombre:8765</translation>
        </message>
        <message>
            <source>Address that the server printed when it started; http:// may be left out.</source>
            <translation>Dirección que el servidor mostró al iniciarse; http:// se puede omitir.</translation>
        </message>
        <message>
            <source>Token:</source>
            <translation>Token:</translation>
        </message>
        <message>
            <source>Token that the server printed when it started. It is kept only until Slicer closes.</source>
            <translation>Token que el servidor mostró al iniciarse. Se guarda solo hasta que se cierra Slicer.</translation>
        </message>
        <message>
            <source>Certificate:</source>
            <translation>Certificado:</translation>
        </message>
        <message>
            <source>only for a self-signed one</source>
            <translation>solo para uno autofirmado</translation>
        </message>
        <message>
            <source>SHA-256 fingerprint of the server's own certificate, if it has one that nobody else vouches for.</source>
            <translation>Huella SHA-256 del certificado propio del servidor, si tiene uno por el que nadie más responde.</translation>
        </message>
        <message>
            <source>Test</source>
            <translation>Probar</translation>
        </message>
        <message>
            <source>Try address, certificate and token, and say which of them is wrong. Nothing is changed.</source>
            <translation>Probar dirección, certificado y token, y decir cuál de ellos está mal. No se cambia nada.</translation>
        </message>
        <message>
            <source>Connect</source>
            <translation>Conectar</translation>
        </message>
        <message>
            <source>Use this server.</source>
            <translation>Usar este servidor.</translation>
        </message>
        <message>
            <source>Trust this certificate</source>
            <translation>Confiar en este certificado</translation>
        </message>
        <message>
            <source>Accept the certificate that the server showed, and no other. Ask its owner first whether the fingerprint is right.</source>
            <translation>Aceptar el certificado que mostró el servidor, y ningún otro. Pregunte antes a su dueño si la huella es correcta.</translation>
        </message>
        <message>
            <source>I may send these scans to this server</source>
            <translation>Puedo enviar estos estudios a este servidor</translation>
        </message>
        <message>
            <source>Asked once for every server that is not this computer. Nothing is sent before.</source>
            <translation>Se pregunta una vez por cada servidor que no es este ordenador. Antes no se envía nada.</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Avanzado</translation>
        </message>
        <message>
            <source>Where the local server keeps its things and what it computes on.</source>
            <translation>Dónde guarda sus cosas el servidor local y con qué calcula.</translation>
        </message>
        <message>
            <source>Server folder:</source>
            <translation>Carpeta del servidor:</translation>
        </message>
        <message>
            <source>Folder of the local server's environment and data. Delete it and all is gone.</source>
            <translation>Carpeta del entorno y los datos del servidor local. Bórrela y desaparece todo.</translation>
        </message>
        <message>
            <source>Compute on:</source>
            <translation>Calcular con:</translation>
        </message>
        <message>
            <source>Graphics card or processor. Which build of PyTorch is installed depends on it.</source>
            <translation>Tarjeta gráfica o procesador. De ello depende qué PyTorch se instala.</translation>
        </message>
        <message>
            <source>Stop the server when Slicer closes</source>
            <translation>Detener el servidor al cerrar Slicer</translation>
        </message>
        <message>
            <source>Without the tick the server goes on when Slicer is closed. A training that runs goes on either way, and is found again.</source>
            <translation>Sin la marca, el servidor sigue cuando se cierra Slicer. Un entrenamiento en curso sigue de todos modos, y se encuentra de nuevo.</translation>
        </message>
    </context>
    <context>
        <name>Slices</name>
        <message>
            <source>Label:</source>
            <translation>Etiquetar:</translation>
        </message>
        <message>
            <source>Whole scan: every voxel. Slices: a few slices of each of many scans. Boxes: a small box of each of many scans. What lies outside them does not count, unless bounds say that it is background.</source>
            <translation>Estudio entero: todos los vóxeles. Cortes: unos pocos cortes de cada uno de muchos estudios. Cajas: una caja pequeña de cada uno de muchos estudios. Lo que queda fuera no cuenta, salvo que unos límites digan que es fondo.</translation>
        </message>
        <message>
            <source>Proposed slices or boxes that are verified, the share of the scan that is verified with what the bounds make background, and how long you have worked on this scan and on all. Pauses do not count.</source>
            <translation>Cortes o cajas propuestos que están verificados, la parte del estudio que está verificada, con lo que los límites hacen fondo, y cuánto tiempo ha trabajado en este estudio y en todos. Las pausas no cuentan.</translation>
        </message>
        <message>
            <source>Bounds: within them the organ lies, outside all is background.</source>
            <translation>Límites: dentro está el órgano, fuera todo es fondo.</translation>
        </message>
        <message>
            <source>Previous</source>
            <translation>Anterior</translation>
        </message>
        <message>
            <source>Go to the proposed slice before this one. Nothing is verified by that.</source>
            <translation>Ir al corte propuesto anterior a este. Con ello no se verifica nada.</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Siguiente</translation>
        </message>
        <message>
            <source>What is painted in this slice or box is verified as it is, and the next one comes. After the last one: submit, and open the next scan.</source>
            <translation>Lo pintado en este corte o caja se verifica tal como está, y viene el siguiente. Después del último: enviar y abrir el estudio siguiente.</translation>
        </message>
        <message>
            <source>Empty</source>
            <translation>Vacío</translation>
        </message>
        <message>
            <source>Nothing of any label is in this slice or box: verify that, and go on.</source>
            <translation>En este corte o caja no hay nada de ninguna etiqueta: verificarlo y seguir.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Deshacer</translation>
        </message>
        <message>
            <source>Take back what was verified or marked last. Ctrl+Z takes back strokes of the brush.</source>
            <translation>Deshacer lo que se verificó o marcó por último. Ctrl+Z deshace trazos del pincel.</translation>
        </message>
        <message>
            <source>First slice</source>
            <translation>Primer corte</translation>
        </message>
        <message>
            <source>The organ begins with the slice that is seen: all before it is verified as background. What the model alone proposes there is taken away.</source>
            <translation>El órgano empieza en el corte que se ve: todo lo anterior queda verificado como fondo. Lo que allí propone solo el modelo se quita.</translation>
        </message>
        <message>
            <source>Last slice</source>
            <translation>Último corte</translation>
        </message>
        <message>
            <source>The organ ends with the slice that is seen: all after it is verified as background. What the model alone proposes there is taken away.</source>
            <translation>El órgano termina en el corte que se ve: todo lo posterior queda verificado como fondo. Lo que allí propone solo el modelo se quita.</translation>
        </message>
        <message>
            <source>Fit box</source>
            <translation>Ajustar caja</translation>
        </message>
        <message>
            <source>The organ lies in a box around all that is painted, with the margin below: outside all is verified as background.</source>
            <translation>El órgano está en una caja alrededor de todo lo pintado, con el margen de abajo: fuera, todo queda verificado como fondo.</translation>
        </message>
        <message>
            <source>No bounds</source>
            <translation>Sin límites</translation>
        </message>
        <message>
            <source>Take first slice, last slice and box away. Nothing is verified because of them any more.</source>
            <translation>Quitar primer corte, último corte y caja. Ya no hay nada verificado por causa de ellos.</translation>
        </message>
        <message>
            <source>Box corner</source>
            <translation>Esquina</translation>
        </message>
        <message>
            <source>Point at two opposite corners of a box around the organ in one slice view, with the key at each, then at two in another view: outside the box all is verified as background.</source>
            <translation>Señale dos esquinas opuestas de una caja alrededor del órgano en una vista de corte, con la tecla en cada una, y después dos en otra vista: fuera de la caja todo queda verificado como fondo.</translation>
        </message>
        <message>
            <source>Between</source>
            <translation>Intermedios</translation>
        </message>
        <message>
            <source>Propose what lies between verified slices, in outlines. It counts only once you take it.</source>
            <translation>Proponer lo que hay entre cortes verificados, en contornos. Solo cuenta cuando usted lo toma.</translation>
        </message>
        <message>
            <source>Take</source>
            <translation>Tomar</translation>
        </message>
        <message>
            <source>Take the proposal for the slice that is seen, which verifies it, and go to the next one.</source>
            <translation>Tomar la propuesta para el corte que se ve, con lo que queda verificado, e ir al siguiente.</translation>
        </message>
        <message>
            <source>Box here</source>
            <translation>Caja aquí</translation>
        </message>
        <message>
            <source>Put the box where the slice views cross.</source>
            <translation>Poner la caja donde se cruzan las vistas de corte.</translation>
        </message>
        <message>
            <source>Next scan</source>
            <translation>Estudio siguiente</translation>
        </message>
        <message>
            <source>Verify what is painted here, submit, and open the next scan. What the model alone proposes here is not verified by that.</source>
            <translation>Verificar lo pintado aquí, enviar y abrir el estudio siguiente. Lo que aquí propone solo el modelo no queda verificado por ello.</translation>
        </message>
        <message>
            <source>How many, which plane, which keys</source>
            <translation>Cuántos, qué plano, qué teclas</translation>
        </message>
        <message>
            <source>How many slices or boxes, in which plane, how large, and the keys.</source>
            <translation>Cuántos cortes o cajas, en qué plano, de qué tamaño, y las teclas.</translation>
        </message>
        <message>
            <source>Of each scan:</source>
            <translation>De cada estudio:</translation>
        </message>
        <message>
            <source>How many slices or boxes of each scan are proposed, evenly through the organ.</source>
            <translation>Cuántos cortes o cajas de cada estudio se proponen, repartidos por igual en el órgano.</translation>
        </message>
        <message>
            <source>Plane:</source>
            <translation>Plano:</translation>
        </message>
        <message>
            <source>Which slices are painted. As the scan was taken: across its thick slices, or else axial.</source>
            <translation>Qué cortes se pintan. Como se adquirió: en el plano de sus cortes gruesos, o si no, axial.</translation>
        </message>
        <message>
            <source>Side of a box:</source>
            <translation>Lado de una caja:</translation>
        </message>
        <message>
            <source> voxels</source>
            <translation> vóxeles</translation>
        </message>
        <message>
            <source>How long each side of a box is.</source>
            <translation>Cuánto mide cada lado de una caja.</translation>
        </message>
        <message>
            <source>Margin of Fit box:</source>
            <translation>Margen de «Ajustar caja»:</translation>
        </message>
        <message>
            <source> mm</source>
            <translation> mm</translation>
        </message>
        <message>
            <source>How far the box reaches beyond what is painted, on every side.</source>
            <translation>Cuánto sobresale la caja de lo pintado, por cada lado.</translation>
        </message>
        <message>
            <source>Keys:</source>
            <translation>Teclas:</translation>
        </message>
        <message>
            <source>One key each with spaces between, for next, previous, empty, first, last, fit, here, between, take, undo, scan.</source>
            <translation>Una tecla para cada acción, separadas por espacios: siguiente, anterior, vacío, primero, último, ajustar, aquí, intermedios, tomar, deshacer, estudio.</translation>
        </message>
    </context>
    <context>
        <name>Train</name>
        <message>
            <source>Learn from:</source>
            <translation>Aprender de:</translation>
        </message>
        <message>
            <source>What the networks learn from. Where it was measured, the unlabelled scans helped most beside a single labelled one; beside four labelled hippocampi labels only did as well, in less time. As published is for comparison: with few labels it can fail.</source>
            <translation>De qué aprenden las redes. Donde se midió, los estudios sin etiqueta ayudaron más junto a uno solo etiquetado; junto a cuatro hipocampos etiquetados, las etiquetas solas lograron lo mismo, en menos tiempo. «Como se publicó» sirve para comparar: con pocas etiquetas puede fracasar.</translation>
        </message>
        <message>
            <source>Time budget:</source>
            <translation>Tiempo disponible:</translation>
        </message>
        <message>
            <source> min</source>
            <translation> min</translation>
        </message>
        <message>
            <source>About how long the training may take. Longer is better, with less and less gain.</source>
            <translation>Cuánto puede durar más o menos el entrenamiento. Más es mejor, con cada vez menos ganancia.</translation>
        </message>
        <message>
            <source>Go on from the model in use</source>
            <translation>Seguir desde el modelo en uso</translation>
        </message>
        <message>
            <source>Start from what the model in use has learnt. Without the tick the training starts anew, from nothing.</source>
            <translation>Partir de lo que ha aprendido el modelo en uso. Sin la marca, el entrenamiento empieza de cero.</translation>
        </message>
        <message>
            <source>Steps that fit into the time, and memory that the training needs.</source>
            <translation>Pasos que caben en el tiempo, y memoria que necesita el entrenamiento.</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Avanzado</translation>
        </message>
        <message>
            <source>For those who know the method.</source>
            <translation>Para quienes conocen el método.</translation>
        </message>
        <message>
            <source>Steps:</source>
            <translation>Pasos:</translation>
        </message>
        <message>
            <source>by the time budget</source>
            <translation>según el tiempo disponible</translation>
        </message>
        <message>
            <source>Number of training steps; 0 takes as many as fit into the time budget.</source>
            <translation>Número de pasos de entrenamiento; 0 toma los que quepan en el tiempo disponible.</translation>
        </message>
        <message>
            <source>Network width:</source>
            <translation>Ancho de la red:</translation>
        </message>
        <message>
            <source>Channels at full resolution; 16 is the published size. Half of it needs about a quarter of the time.</source>
            <translation>Canales a plena resolución; 16 es el tamaño publicado. La mitad necesita cerca de un cuarto del tiempo.</translation>
        </message>
        <message>
            <source>Seed:</source>
            <translation>Semilla:</translation>
        </message>
        <message>
            <source>The same seed on the same computer gives the same training.</source>
            <translation>La misma semilla en el mismo ordenador da el mismo entrenamiento.</translation>
        </message>
        <message>
            <source>Scans are:</source>
            <translation>Los estudios son:</translation>
        </message>
        <message>
            <source>CT is seen through the window of Hounsfield units of its organs, MR scan by scan. Say which where values mislead: CT without air or in other numbers looks like MR.</source>
            <translation>La TC se ve a través de la ventana de unidades Hounsfield de sus órganos; la RM, estudio por estudio. Diga qué es cuando los valores engañan: una TC sin aire o en otros números parece RM.</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Entrenar</translation>
        </message>
        <message>
            <source>Train both networks on this data set. Afterwards all cases are predicted.</source>
            <translation>Entrenar las dos redes con este conjunto de datos. Después se predicen todos los casos.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Reanudar</translation>
        </message>
        <message>
            <source>Go on with the training that was stopped or failed, from where it was.</source>
            <translation>Seguir con el entrenamiento que se detuvo o falló, desde donde estaba.</translation>
        </message>
        <message>
            <source>Curves in the plot view beside the images while it trains.</source>
            <translation>Curvas en la vista de gráficos junto a las imágenes mientras entrena.</translation>
        </message>
        <message>
            <source>Steps done.</source>
            <translation>Pasos hechos.</translation>
        </message>
        <message>
            <source>Steps, time left and memory of the training.</source>
            <translation>Pasos, tiempo restante y memoria del entrenamiento.</translation>
        </message>
        <message>
            <source>Dice of each label, on validation scans where there are some.</source>
            <translation>Dice de cada etiqueta, en estudios de validación donde los haya.</translation>
        </message>
    </context>
    <context>
        <name>Worklist</name>
        <message>
            <source>All scans</source>
            <translation>Todos los estudios</translation>
        </message>
        <message>
            <source>Regions of every predicted scan in one list: two of three are dealt out by class, the third to where most is expected to be wrong.</source>
            <translation>Regiones de todos los estudios predichos en una lista: dos de cada tres se reparten por clase, la tercera va a donde más errores se esperan.</translation>
        </message>
        <message>
            <source>List regions</source>
            <translation>Listar</translation>
        </message>
        <message>
            <source>Look for the regions of every predicted scan, and list those to look at in this round.</source>
            <translation>Busca las regiones de todos los estudios predichos y lista las que mirar en esta ronda.</translation>
        </message>
        <message>
            <source>So many regions are listed at most. One takes about half a minute.</source>
            <translation>Se listan como máximo tantas regiones. Una lleva medio minuto más o menos.</translation>
        </message>
        <message>
            <source>Next scan</source>
            <translation>Estudio siguiente</translation>
        </message>
        <message>
            <source>Submit what was verified in this scan, and go to the first region of the next scan in the list.</source>
            <translation>Envía lo verificado en este estudio y va a la primera región del siguiente estudio de la lista.</translation>
        </message>
        <message>
            <source>Scans whose regions are known.</source>
            <translation>Estudios cuyas regiones se conocen.</translation>
        </message>
        <message>
            <source>The regions of this round, scan by scan. Click one to go there.</source>
            <translation>Las regiones de esta ronda, estudio por estudio. Haga clic en una para ir allí.</translation>
        </message>
        <message>
            <source>Every region of this scan</source>
            <translation>Todas las regiones de este estudio</translation>
        </message>
        <message>
            <source>Show also the regions of this scan that are not in the list, and those of a scan of which the model knows too little.</source>
            <translation>Muestra también las regiones de este estudio que no están en la lista, y las de un estudio del que el modelo sabe demasiado poco.</translation>
        </message>
        <message>
            <source>Same kind</source>
            <translation>Mismo tipo</translation>
        </message>
        <message>
            <source>Answer all open regions of this scan that are like the selected one: of the same class, small, and both networks agree. A few of them are shown first.</source>
            <translation>Responde a todas las regiones abiertas de este estudio que son como la elegida: de la misma clase, pequeñas, y las dos redes de acuerdo. Unas cuantas se muestran primero.</translation>
        </message>
    </context>
    <context>
        <name>common.sentences</name>
        <message>
            <source>A fault in DualNetSSL: {0}: {1}.</source>
            <translation>Un fallo en DualNetSSL: {0}: {1}.</translation>
        </message>
        <message>
            <source>Nothing is lost; please report it with these words.</source>
            <translation>No se ha perdido nada; por favor, comuníquelo con estas palabras.</translation>
        </message>
        <message>
            <source>There is no operation {0}.</source>
            <translation>No hay ninguna operación {0}.</translation>
        </message>
        <message>
            <source>Reload the module.</source>
            <translation>Vuelva a cargar el módulo.</translation>
        </message>
        <message>
            <source>The operation {0} cannot be called so: {1}.</source>
            <translation>La operación {0} no se puede llamar así: {1}.</translation>
        </message>
        <message>
            <source>The panel is closed.</source>
            <translation>El panel está cerrado.</translation>
        </message>
        <message>
            <source>Open the module again.</source>
            <translation>Abra el módulo otra vez.</translation>
        </message>
        <message>
            <source>The background process ended: {0}.</source>
            <translation>El proceso en segundo plano terminó: {0}.</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>Inténtelo otra vez.</translation>
        </message>
        <message>
            <source>The address {0} cannot be used.</source>
            <translation>La dirección {0} no se puede usar.</translation>
        </message>
        <message>
            <source>Paste it as the server shows it when it starts, for instance http://127.0.0.1:8750</source>
            <translation>Péguela como el servidor la muestra al arrancar, por ejemplo http://127.0.0.1:8750</translation>
        </message>
        <message>
            <source>The certificate fingerprint {0} is not a SHA-256.</source>
            <translation>La huella {0} del certificado no es un SHA-256.</translation>
        </message>
        <message>
            <source>Paste the 64 hex digits that the server shows when it starts.</source>
            <translation>Pegue los 64 dígitos hexadecimales que el servidor muestra al arrancar.</translation>
        </message>
        <message>
            <source>{0} says it is {1}.</source>
            <translation>{0} dice que es {1}.</translation>
        </message>
        <message>
            <source>Check the address.</source>
            <translation>Compruebe la dirección.</translation>
        </message>
        <message>
            <source>The server speaks version {0} of the interface; this module speaks {1}.</source>
            <translation>El servidor habla la versión {0} de la interfaz; este módulo habla la {1}.</translation>
        </message>
        <message>
            <source>Update the older of the two.</source>
            <translation>Actualice el más antiguo de los dos.</translation>
        </message>
        <message>
            <source>Event {0} is missing.</source>
            <translation>Falta el evento {0}.</translation>
        </message>
        <message>
            <source>Follow the job again from the start.</source>
            <translation>Siga el trabajo otra vez desde el principio.</translation>
        </message>
        <message>
            <source>The bytes that came are not the ones asked for.</source>
            <translation>Los bytes que llegaron no son los pedidos.</translation>
        </message>
        <message>
            <source>They were thrown away; fetch them again.</source>
            <translation>Se descartaron; tráigalos otra vez.</translation>
        </message>
        <message>
            <source>Only {0} of {1} bytes came.</source>
            <translation>Solo llegaron {0} de {1} bytes.</translation>
        </message>
        <message>
            <source>Try again; they are kept.</source>
            <translation>Inténtelo otra vez; están guardados.</translation>
        </message>
        <message>
            <source>Bytes from {0} on were asked for; {1} came.</source>
            <translation>Se pidieron bytes desde {0}; llegó {1}.</translation>
        </message>
        <message>
            <source>Check proxies in between.</source>
            <translation>Compruebe los proxies intermedios.</translation>
        </message>
        <message>
            <source>Check that the file is there, that you may use it, and that the disk is not full.</source>
            <translation>Compruebe que el archivo está ahí, que puede usarlo y que el disco no está lleno.</translation>
        </message>
        <message>
            <source>The answer is not the list that was asked for.</source>
            <translation>La respuesta no es la lista pedida.</translation>
        </message>
        <message>
            <source>The answer {0}.</source>
            <translation>La respuesta {0}.</translation>
        </message>
        <message>
            <source>Server and module are of versions that do not fit: update the older one.</source>
            <translation>Servidor y módulo tienen versiones que no encajan: actualice el más antiguo.</translation>
        </message>
        <message>
            <source>Something answers at {0}, but it is no DualNetSSL server.</source>
            <translation>Algo responde en {0}, pero no es un servidor de DualNetSSL.</translation>
        </message>
        <message>
            <source>Check the address and the port.</source>
            <translation>Compruebe la dirección y el puerto.</translation>
        </message>
        <message>
            <source>The connection to {0} broke.</source>
            <translation>La conexión con {0} se cortó.</translation>
        </message>
        <message>
            <source>Try again; what arrived is kept.</source>
            <translation>Inténtelo otra vez; lo que llegó está guardado.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not vouched for.</source>
            <translation>Nadie responde por el certificado de {0}.</translation>
        </message>
        <message>
            <source>If the server made it itself, give the fingerprint that it shows when it starts.</source>
            <translation>Si el servidor lo hizo él mismo, dé la huella que muestra al arrancar.</translation>
        </message>
        <message>
            <source>{0} points to {1}.</source>
            <translation>{0} remite a {1}.</translation>
        </message>
        <message>
            <source>Your token was not sent there. If you trust that place, enter its address instead.</source>
            <translation>Su token no se envió allí. Si confía en ese lugar, introduzca su dirección.</translation>
        </message>
        <message>
            <source>The server at {0} cannot answer now: {1}</source>
            <translation>El servidor en {0} no puede responder ahora: {1}</translation>
        </message>
        <message>
            <source>The server does not accept the token, or no longer.</source>
            <translation>El servidor no acepta el token, o ya no.</translation>
        </message>
        <message>
            <source>Connect again, which says why; then paste the one that it shows when it starts, or ask for a new one.</source>
            <translation>Conéctese otra vez, lo que dice por qué; después pegue el que muestra al arrancar, o pida uno nuevo.</translation>
        </message>
        <message>
            <source>Your account may not do this.</source>
            <translation>Su cuenta no puede hacer esto.</translation>
        </message>
        <message>
            <source>Ask who runs the server.</source>
            <translation>Pregunte a quien lleva el servidor.</translation>
        </message>
        <message>
            <source>No computer is known by the name in {0}.</source>
            <translation>No se conoce ningún ordenador con el nombre en {0}.</translation>
        </message>
        <message>
            <source>Check the spelling and the network.</source>
            <translation>Compruebe la escritura y la red.</translation>
        </message>
        <message>
            <source>The proxy did not let us through to {0}.</source>
            <translation>El proxy no nos dejó pasar a {0}.</translation>
        </message>
        <message>
            <source>Check the proxy settings of this computer (NO_PROXY).</source>
            <translation>Compruebe la configuración de proxy de este ordenador (NO_PROXY).</translation>
        </message>
        <message>
            <source>No server listens at {0}.</source>
            <translation>Ningún servidor escucha en {0}.</translation>
        </message>
        <message>
            <source>Start the server, or check the port.</source>
            <translation>Arranque el servidor, o compruebe el puerto.</translation>
        </message>
        <message>
            <source>{0} cannot be reached from here.</source>
            <translation>No se llega a {0} desde aquí.</translation>
        </message>
        <message>
            <source>Check the network and the address.</source>
            <translation>Compruebe la red y la dirección.</translation>
        </message>
        <message>
            <source>{0} did not answer in time.</source>
            <translation>{0} no respondió a tiempo.</translation>
        </message>
        <message>
            <source>Check the network and the firewall; a busy server may need longer.</source>
            <translation>Compruebe la red y el cortafuegos; un servidor ocupado puede tardar más.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not the one whose fingerprint was given.</source>
            <translation>El certificado de {0} no es aquel cuya huella se dio.</translation>
        </message>
        <message>
            <source>Compare it with what the server shows. If it differs there too, somebody may be in between: do not go on.</source>
            <translation>Compárela con lo que muestra el servidor. Si allí también difiere, puede haber alguien en medio: no siga.</translation>
        </message>
        <message>
            <source>{0} does not speak TLS.</source>
            <translation>{0} no habla TLS.</translation>
        </message>
        <message>
            <source>Use an address that starts with http://</source>
            <translation>Use una dirección que empiece por http://</translation>
        </message>
        <message>
            <source>The token has characters that no token has.</source>
            <translation>El token tiene caracteres que ningún token tiene.</translation>
        </message>
        <message>
            <source>Paste it as the server shows it.</source>
            <translation>Péguelo como el servidor lo muestra.</translation>
        </message>
        <message>
            <source>The answer says {0} for {1}.</source>
            <translation>La respuesta dice {0} para {1}.</translation>
        </message>
        <message>
            <source>Check the address and proxies in between.</source>
            <translation>Compruebe la dirección y los proxies intermedios.</translation>
        </message>
        <message>
            <source>A certificate fingerprint was given, but {0} is not encrypted.</source>
            <translation>Se dio una huella de certificado, pero {0} no está cifrado.</translation>
        </message>
        <message>
            <source>Use an address that starts with https:// or leave the fingerprint empty.</source>
            <translation>Use una dirección que empiece por https:// o deje vacía la huella.</translation>
        </message>
        <message>
            <source>{0} changed while it was sent.</source>
            <translation>{0} cambió mientras se enviaba.</translation>
        </message>
        <message>
            <source>Wait until it is written completely, then send it.</source>
            <translation>Espere a que esté escrito del todo, y envíelo entonces.</translation>
        </message>
        <message>
            <source>{0} has {1} bytes; this server takes at most {2}.</source>
            <translation>{0} tiene {1} bytes; este servidor acepta {2} como mucho.</translation>
        </message>
        <message>
            <source>Crop the volume, or have the server's cap raised.</source>
            <translation>Recorte el volumen, o haga subir el límite del servidor.</translation>
        </message>
        <message>
            <source>{0} is damaged or incomplete.</source>
            <translation>{0} está dañado o incompleto.</translation>
        </message>
        <message>
            <source>Copy or export it again.</source>
            <translation>Cópielo o expórtelo otra vez.</translation>
        </message>
        <message>
            <source>An array of shape {0} [k, j, i] was given for a grid of {1} [i, j, k].</source>
            <translation>Llegó una matriz de forma {0} [k, j, i] para una rejilla de {1} [i, j, k].</translation>
        </message>
        <message>
            <source>Take both from the same volume.</source>
            <translation>Tome ambas del mismo volumen.</translation>
        </message>
        <message>
            <source>A label volume with values from {0} to {1} was given.</source>
            <translation>Llegó un volumen de etiquetas con valores de {0} a {1}.</translation>
        </message>
        <message>
            <source>Labels are whole numbers from 0 to 255; check that this is no scan or probability map.</source>
            <translation>Las etiquetas son números enteros de 0 a 255; compruebe que esto no es un estudio ni un mapa de probabilidad.</translation>
        </message>
        <message>
            <source>A {0}-D volume with {1} values per voxel was given.</source>
            <translation>Llegó un volumen {0}-D con {1} valores por vóxel.</translation>
        </message>
        <message>
            <source>Volumes must be 3-D with one value per voxel, scans with 1 to 8 (no colours); choose one time point.</source>
            <translation>Los volúmenes deben ser 3-D con un valor por vóxel, los estudios con 1 a 8 (sin colores); elija un instante.</translation>
        </message>
        <message>
            <source>{0} is of a format that is not read here.</source>
            <translation>{0} es de un formato que aquí no se lee.</translation>
        </message>
        <message>
            <source>Use one of {0}; load DICOM in 3D Slicer, which sends voxels and geometry only.</source>
            <translation>Use uno de {0}; cargue DICOM en 3D Slicer, que envía solo vóxeles y geometría.</translation>
        </message>
        <message>
            <source>{0} voxels are painted here outside the bounds of the organ.</source>
            <translation>Aquí hay {0} vóxeles pintados fuera de los límites del órgano.</translation>
        </message>
        <message>
            <source>Erase them, or set the bounds further out: First slice and Last slice set them anew.</source>
            <translation>Bórrelos, o ponga los límites más afuera: «Primer corte» y «Último corte» los ponen de nuevo.</translation>
        </message>
        <message>
            <source>{0} voxels that you painted or verified lie outside these bounds (slices {1}).</source>
            <translation>{0} vóxeles que usted pintó o verificó están fuera de estos límites (cortes {1}).</translation>
        </message>
        <message>
            <source>Erase them there if the organ is not there; else set the bounds further out. Nothing was changed.</source>
            <translation>Bórrelos ahí si el órgano no está ahí; si no, ponga los límites más afuera. No se cambió nada.</translation>
        </message>
        <message>
            <source>The first slice of the organ would be {0}, and the last one {1}.</source>
            <translation>El primer corte del órgano sería {0} y el último {1}.</translation>
        </message>
        <message>
            <source>The first slice has the smaller number: go to the other end of the organ, or press the other key.</source>
            <translation>El primer corte tiene el número menor: vaya al otro extremo del órgano, o pulse la otra tecla.</translation>
        </message>
        <message>
            <source>There is no format {0}.</source>
            <translation>No hay ningún formato {0}.</translation>
        </message>
        <message>
            <source>Choose from {0}.</source>
            <translation>Elija entre {0}.</translation>
        </message>
        <message>
            <source>{0} already holds {1}{2}; nothing was written.</source>
            <translation>{0} ya contiene {1}{2}; no se escribió nada.</translation>
        </message>
        <message>
            <source>Choose an empty folder, or allow that files are replaced.</source>
            <translation>Elija una carpeta vacía, o permita que se reemplacen archivos.</translation>
        </message>
        <message>
            <source>{0} could not be written as a whole; {1} MB are free there. Nothing of it was left.</source>
            <translation>{0} no se pudo escribir entero; allí quedan {1} MB libres. No quedó nada de él.</translation>
        </message>
        <message>
            <source>Make room on the disk or choose a folder elsewhere, then export again.</source>
            <translation>Haga sitio en el disco o elija una carpeta en otro lugar, y exporte otra vez.</translation>
        </message>
        <message>
            <source>{0} has the shape {1} [k, j, i]; the scan {2} on the server has {3}.</source>
            <translation>{0} tiene la forma {1} [k, j, i]; el estudio {2} del servidor tiene {3}.</translation>
        </message>
        <message>
            <source>The scan was replaced since: open the case again.</source>
            <translation>El estudio se reemplazó desde entonces: abra el caso otra vez.</translation>
        </message>
        <message>
            <source>{0} voxels are painted or verified here, so this is not empty.</source>
            <translation>Aquí hay {0} vóxeles pintados o verificados, así que no está vacío.</translation>
        </message>
        <message>
            <source>Erase them first, or go on: what is painted is verified by going on.</source>
            <translation>Bórrelos primero, o siga: lo pintado se verifica al seguir.</translation>
        </message>
        <message>
            <source>Nothing is painted that a box could be drawn around.</source>
            <translation>No hay nada pintado alrededor de lo que trazar una caja.</translation>
        </message>
        <message>
            <source>Paint where the organ is largest first, in each direction.</source>
            <translation>Pinte primero donde el órgano es mayor, en cada dirección.</translation>
        </message>
        <message>
            <source>Slice {0} is verified already.</source>
            <translation>El corte {0} ya está verificado.</translation>
        </message>
        <message>
            <source>Take that back first if the proposal is better.</source>
            <translation>Deshágalo primero si la propuesta es mejor.</translation>
        </message>
        <message>
            <source>{0} is kept on this computer until the server has it.</source>
            <translation>{0} se guarda en este ordenador hasta que el servidor lo tenga.</translation>
        </message>
        <message>
            <source>{0} submitted revision {1} of {2} since you began with revision {3}.</source>
            <translation>{0} envió la revisión {1} de {2} desde que usted empezó con la revisión {3}.</translation>
        </message>
        <message>
            <source>Both labels are kept: compare them, then send yours as the next revision or drop it.</source>
            <translation>Ambas etiquetas están guardadas: compárelas, y después envíe la suya como la siguiente revisión o descártela.</translation>
        </message>
        <message>
            <source>This label is not in the outbox any more.</source>
            <translation>Esta etiqueta ya no está en la bandeja de salida.</translation>
        </message>
        <message>
            <source>The server has it, or it was removed.</source>
            <translation>El servidor la tiene, o se quitó.</translation>
        </message>
        <message>
            <source>The same button goes on where it ended.</source>
            <translation>El mismo botón sigue donde se quedó.</translation>
        </message>
        <message>
            <source>The program was ended from outside, perhaps for want of memory.</source>
            <translation>El programa se terminó desde fuera, quizá por falta de memoria.</translation>
        </message>
        <message>
            <source>Close other programs. {0}</source>
            <translation>Cierre otros programas. {0}</translation>
        </message>
        <message>
            <source>If it stays so, install Python 3.12 (64 bit) and remove the server's folder. {0}</source>
            <translation>Si sigue así, instale Python 3.12 (64 bits) y quite la carpeta del servidor. {0}</translation>
        </message>
        <message>
            <source>The disk is full.</source>
            <translation>El disco está lleno.</translation>
        </message>
        <message>
            <source>Make room, or choose a folder on another disk. {0}</source>
            <translation>Haga sitio, o elija una carpeta en otro disco. {0}</translation>
        </message>
        <message>
            <source>A file's path would be longer than this system allows.</source>
            <translation>La ruta de un archivo sería más larga de lo que permite este sistema.</translation>
        </message>
        <message>
            <source>Choose a folder with a shorter path, such as one directly on a disk.</source>
            <translation>Elija una carpeta con una ruta más corta, por ejemplo directamente en un disco.</translation>
        </message>
        <message>
            <source>The package index could not be trusted: its certificate is not one that this computer knows.</source>
            <translation>No se pudo confiar en el índice de paquetes: este ordenador no conoce su certificado.</translation>
        </message>
        <message>
            <source>The network may look into encrypted traffic: ask its administrators for their certificate, and name that file in the variable PIP_CERT before Slicer starts. {0}</source>
            <translation>Puede que la red mire dentro del tráfico cifrado: pida su certificado a los administradores, y ponga ese archivo en la variable PIP_CERT antes de arrancar Slicer. {0}</translation>
        </message>
        <message>
            <source>The network's proxy did not let the request for packages through.</source>
            <translation>El proxy de la red no dejó pasar la petición de paquetes.</translation>
        </message>
        <message>
            <source>Ask its administrators for the proxy's address, and name it in HTTPS_PROXY before Slicer starts. {0}</source>
            <translation>Pida a los administradores la dirección del proxy, y póngala en HTTPS_PROXY antes de arrancar Slicer. {0}</translation>
        </message>
        <message>
            <source>The packages could not be reached over the network.</source>
            <translation>No se pudo llegar a los paquetes por la red.</translation>
        </message>
        <message>
            <source>Check that this computer is online; where a site has a package index of its own, set it in pip's configuration. {0}</source>
            <translation>Compruebe que este ordenador está conectado; donde la institución tenga su propio índice de paquetes, póngalo en la configuración de pip. {0}</translation>
        </message>
        <message>
            <source>This Python cannot make an environment: its part ensurepip is missing.</source>
            <translation>Este Python no puede crear un entorno: le falta su parte ensurepip.</translation>
        </message>
        <message>
            <source>On Debian and Ubuntu: sudo apt install python3-venv. Elsewhere install Python 3.12, then try again.</source>
            <translation>En Debian y Ubuntu: sudo apt install python3-venv. Si no, instale Python 3.12 e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>This Python does not find its own library, so it cannot start.</source>
            <translation>Este Python no encuentra su propia biblioteca, así que no puede arrancar.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit), then try again.</source>
            <translation>Instale Python 3.12 (64 bits) e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>A package that came is not the one that was asked for.</source>
            <translation>Un paquete que llegó no es el que se pidió.</translation>
        </message>
        <message>
            <source>A proxy may have changed it, or the download broke. Try again; if it stays so, do not go on, and tell the network's administrators.</source>
            <translation>Puede que un proxy lo cambiara, o que la descarga se cortara. Inténtelo otra vez; si sigue así, no continúe y avise a los administradores de la red.</translation>
        </message>
        <message>
            <source>A file could not be written.</source>
            <translation>No se pudo escribir un archivo.</translation>
        </message>
        <message>
            <source>Choose a folder in which you may write. On Windows a virus scanner may hold a file for a while: try again.</source>
            <translation>Elija una carpeta en la que pueda escribir. En Windows un antivirus puede retener un archivo un rato: inténtelo otra vez.</translation>
        </message>
        <message>
            <source>The package index has no build of a package for this computer.</source>
            <translation>El índice de paquetes no tiene ninguna versión de un paquete para este ordenador.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) and try again; a site's own index has to have PyTorch, too.</source>
            <translation>Instale Python 3.12 (64 bits) e inténtelo otra vez; un índice propio de la institución también debe tener PyTorch.</translation>
        </message>
        <message>
            <source>This computer's memory did not suffice.</source>
            <translation>La memoria de este ordenador no bastó.</translation>
        </message>
        <message>
            <source>Looking for a Python for the server</source>
            <translation>Buscando un Python para el servidor</translation>
        </message>
        <message>
            <source>Making an environment for the server with Python {0}.{1}</source>
            <translation>Creando un entorno para el servidor con Python {0}.{1}</translation>
        </message>
        <message>
            <source>No NVIDIA card was found on this computer.</source>
            <translation>No se encontró ninguna tarjeta NVIDIA en este ordenador.</translation>
        </message>
        <message>
            <source>Choose the processor, or install the driver.</source>
            <translation>Elija el procesador, o instale el controlador.</translation>
        </message>
        <message>
            <source>{0} is no environment any more.</source>
            <translation>{0} ya no es un entorno.</translation>
        </message>
        <message>
            <source>Remove that folder and try again.</source>
            <translation>Quite esa carpeta e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>The server's environment needs {0} GB; {1} has {2} GB left.</source>
            <translation>El entorno del servidor necesita {0} GB; a {1} le quedan {2} GB.</translation>
        </message>
        <message>
            <source>Make room, or choose a folder on another disk.</source>
            <translation>Haga sitio, o elija una carpeta en otro disco.</translation>
        </message>
        <message>
            <source>This build of PyTorch cannot be had from here; trying the next</source>
            <translation>Esta versión de PyTorch no se puede obtener desde aquí; probando la siguiente</translation>
        </message>
        <message>
            <source>Slicer runs as an Intel program on Apple's processor, so its own Python cannot be used. Install Python 3.12 from python's website (its installer is for both processors), then try again.</source>
            <translation>Slicer funciona como programa de Intel en el procesador de Apple, así que su propio Python no se puede usar. Instale Python 3.12 desde la web de Python (su instalador es para ambos procesadores) e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>This Mac has an Intel processor, for which PyTorch is no longer made: no server can run on it.</source>
            <translation>Este Mac tiene un procesador Intel, para el que ya no se hace PyTorch: en él no puede funcionar ningún servidor.</translation>
        </message>
        <message>
            <source>All else of the module works here. Start the server on another computer (Linux or Windows, best with an NVIDIA card, or a Mac with Apple's processor) and connect to it by its address.</source>
            <translation>Todo lo demás del módulo funciona aquí. Arranque el servidor en otro ordenador (Linux o Windows, mejor con tarjeta NVIDIA, o un Mac con procesador de Apple) y conéctese por su dirección.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) from python's website, not from Microsoft's store, then try again.</source>
            <translation>Instale Python 3.12 (64 bits) desde la web de Python, no desde la tienda de Microsoft, e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>Install Python 3.12 from python's website or with Homebrew, then try again.</source>
            <translation>Instale Python 3.12 desde la web de Python o con Homebrew, e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>Install Python 3.12 with its part venv (Debian and Ubuntu: sudo apt install python3-venv), then try again.</source>
            <translation>Instale Python 3.12 con su parte venv (Debian y Ubuntu: sudo apt install python3-venv) e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>Another Slicer sets this server up or starts it; waiting for that</source>
            <translation>Otro Slicer está instalando o arrancando este servidor; se espera a eso</translation>
        </message>
        <message>
            <source>Another server uses {0}.</source>
            <translation>Otro servidor usa {0}.</translation>
        </message>
        <message>
            <source>Connect to it by its address, stop it, or choose another folder.</source>
            <translation>Conéctese por su dirección, deténgalo, o elija otra carpeta.</translation>
        </message>
        <message>
            <source>The server did not start: {0}</source>
            <translation>El servidor no arrancó: {0}</translation>
        </message>
        <message>
            <source>{0} tells more.</source>
            <translation>{0} dice más.</translation>
        </message>
        <message>
            <source>This computer has no free port.</source>
            <translation>Este ordenador no tiene ningún puerto libre.</translation>
        </message>
        <message>
            <source>Close other programs and try again.</source>
            <translation>Cierre otros programas e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>Starting the server</source>
            <translation>Arrancando el servidor</translation>
        </message>
        <message>
            <source>The server in {0} runs, but has not answered for {1} s.</source>
            <translation>El servidor en {0} funciona, pero no responde desde hace {1} s.</translation>
        </message>
        <message>
            <source>Try again when this computer is less busy; {0} may tell more.</source>
            <translation>Inténtelo otra vez cuando este ordenador esté menos ocupado; {0} puede decir más.</translation>
        </message>
        <message>
            <source>The server in {0} does not stop.</source>
            <translation>El servidor en {0} no se detiene.</translation>
        </message>
        <message>
            <source>Wait a minute, then try again.</source>
            <translation>Espere un minuto e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>{0} cannot start the server: {1}.</source>
            <translation>{0} no puede arrancar el servidor: {1}.</translation>
        </message>
        <message>
            <source>Remove the folder {0}, then start it again.</source>
            <translation>Quite la carpeta {0} y arránquelo otra vez.</translation>
        </message>
        <message>
            <source>{0} has no pip.</source>
            <translation>{0} no tiene pip.</translation>
        </message>
        <message>
            <source>{0} cannot be run: {1}.</source>
            <translation>{0} no se puede ejecutar: {1}.</translation>
        </message>
        <message>
            <source>Remove the server's folder and try again.</source>
            <translation>Quite la carpeta del servidor e inténtelo otra vez.</translation>
        </message>
        <message>
            <source>The set-up was stopped.</source>
            <translation>La instalación se detuvo.</translation>
        </message>
        <message>
            <source>The server does not lie beside the module.</source>
            <translation>El servidor no está junto al módulo.</translation>
        </message>
        <message>
            <source>Install the extension again.</source>
            <translation>Instale la extensión otra vez.</translation>
        </message>
        <message>
            <source>There is no map {0}.</source>
            <translation>No hay ningún mapa {0}.</translation>
        </message>
        <message>
            <source>The model has not found this label in the scan.</source>
            <translation>El modelo no ha encontrado esta etiqueta en el estudio.</translation>
        </message>
        <message>
            <source>Choose another label, or all of them.</source>
            <translation>Elija otra etiqueta, o todas.</translation>
        </message>
        <message>
            <source>There is no prediction to take seeds from.</source>
            <translation>No hay ninguna predicción de la que tomar semillas.</translation>
        </message>
        <message>
            <source>Paint the region, or train a model first.</source>
            <translation>Pinte la región, o entrene primero un modelo.</translation>
        </message>
        <message>
            <source>This prediction does not tell what each network says: an earlier version made it.</source>
            <translation>Esta predicción no dice qué opina cada red: la hizo una versión anterior.</translation>
        </message>
        <message>
            <source>Predict the scan again; painting, accepting and restoring work without.</source>
            <translation>Prediga el estudio otra vez; pintar, aceptar y restaurar funcionan sin ello.</translation>
        </message>
        <message>
            <source>A touch cannot spread: {0}.</source>
            <translation>Un toque no puede extenderse: {0}.</translation>
        </message>
        <message>
            <source>Touch with a class that the model knows.</source>
            <translation>Toque con una clase que el modelo conozca.</translation>
        </message>
        <message>
            <source>There is nothing to fill: no slice of this region lies between two painted ones.</source>
            <translation>No hay nada que rellenar: ningún corte de esta región está entre dos pintados.</translation>
        </message>
        <message>
            <source>Paint two slices of one view, with others between them.</source>
            <translation>Pinte dos cortes de una vista, con otros entre ellos.</translation>
        </message>
        <message>
            <source>{0} is damaged.</source>
            <translation>{0} está dañado.</translation>
        </message>
        <message>
            <source>Open the case again; it is fetched anew.</source>
            <translation>Abra el caso otra vez; se trae de nuevo.</translation>
        </message>
        <message>
            <source>The regions cannot be read.</source>
            <translation>Las regiones no se pueden leer.</translation>
        </message>
        <message>
            <source>Move the threshold: they are found anew.</source>
            <translation>Mueva el umbral: se buscan de nuevo.</translation>
        </message>
        <message>
            <source>No model has predicted the case {0}.</source>
            <translation>Ningún modelo ha predicho el caso {0}.</translation>
        </message>
        <message>
            <source>Predict it, then look for its regions.</source>
            <translation>Prediga el caso, y busque después sus regiones.</translation>
        </message>
        <message>
            <source>The verified mask {0} does not fit: {1}.</source>
            <translation>La máscara {0} de lo verificado no encaja: {1}.</translation>
        </message>
        <message>
            <source>Open the case again, which makes it anew.</source>
            <translation>Abra el caso otra vez, lo que la hace de nuevo.</translation>
        </message>
        <message>
            <source>Another scan of the data set is called {0}.</source>
            <translation>Otro estudio del conjunto de datos se llama {0}.</translation>
        </message>
        <message>
            <source>Rename the file.</source>
            <translation>Cambie el nombre del archivo.</translation>
        </message>
        <message>
            <source>{0} holds no scan that can be read.</source>
            <translation>{0} no contiene ningún estudio que se pueda leer.</translation>
        </message>
        <message>
            <source>Choose a folder with {0} files; bring DICOM in through Slicer's DICOM module.</source>
            <translation>Elija una carpeta con archivos {0}; importe DICOM con el módulo DICOM de Slicer.</translation>
        </message>
        <message>
            <source>What the networks say of this scan cannot be read: {0}.</source>
            <translation>No se puede leer lo que dicen las redes de este estudio: {0}.</translation>
        </message>
        <message>
            <source>Predict it again; if that does not help, update this module.</source>
            <translation>Prediga otra vez; si no sirve, actualice este módulo.</translation>
        </message>
        <message>
            <source>{0} has the values {1}; the data set has {2}.</source>
            <translation>{0} tiene los valores {1}; el conjunto de datos tiene {2}.</translation>
        </message>
        <message>
            <source>Give these voxels a value of the data set, or put a file labels.json beside the labels that names their values, for instance {"liver": 5}.</source>
            <translation>Dé a estos vóxeles un valor del conjunto de datos, o ponga junto a las etiquetas un archivo labels.json que nombre sus valores, por ejemplo {"liver": 5}.</translation>
        </message>
        <message>
            <source>{0} makes no sense ({1}).</source>
            <translation>{0} no tiene sentido ({1}).</translation>
        </message>
        <message>
            <source>Correct it, or take it away.</source>
            <translation>Corríjalo o quítelo.</translation>
        </message>
        <message>
            <source>{0} shares {1} voxels with other masks.</source>
            <translation>{0} comparte {1} vóxeles con otras máscaras.</translation>
        </message>
        <message>
            <source>Take them out of one.</source>
            <translation>Quítelos de una de ellas.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not vouched for. Its SHA-256 is {1}.</source>
            <translation>Nadie responde por el certificado de {0}. Su SHA-256 es {1}.</translation>
        </message>
        <message>
            <source>If the server's owner tells you the same fingerprint, enter it to trust this certificate and no other.</source>
            <translation>Si el dueño del servidor le dice la misma huella, introdúzcala para confiar en este certificado y en ningún otro.</translation>
        </message>
        <message>
            <source>Danger: the certificate of {0} is not the one that you trust. It shows {1}; trusted is {2}.</source>
            <translation>Peligro: el certificado de {0} no es el que usted confía. Muestra {1}; el de confianza es {2}.</translation>
        </message>
        <message>
            <source>Somebody may be in between: do not go on before the server's owner has told you the new fingerprint.</source>
            <translation>Puede haber alguien en medio: no siga antes de que el dueño del servidor le haya dicho la nueva huella.</translation>
        </message>
    </context>
</TS>
